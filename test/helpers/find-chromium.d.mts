export interface ChromiumPlaces {
  environment?: Readonly<Record<string, string | undefined>>;
  /** Where a browser is outside of PATH. */
  fixed?: readonly string[];
  playwrightPath?: string;
}
export interface ChromiumInstaller extends ChromiumPlaces {
  spawn?: (command: string, args: readonly string[], options?: object) => { readonly status: number | null };
  apt?: string;
}
export function findChromium(places?: ChromiumPlaces): Promise<string | undefined>;
export function findOrInstallChromium(installer?: ChromiumInstaller): Promise<string>;
