// Nothing: what a run costs besides the script.
