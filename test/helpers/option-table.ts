/** The options of a run as the manual has them. */
import { CAPTURE_GROUPS, CAPTURE_OPTIONS, type CaptureOption } from '../../core/protocol/capture-options.ts';

const cell = (text: string): string => text.replaceAll(/[|*]/g, '\\$&');

function flag(option: CaptureOption): string {
  switch (option.type) {
    case 'boolean':
      return option.default ? `\`--no-${option.flag}\`` : `\`--${option.flag}\``;
    case 'choice':
      return `\`--${option.flag} ${option.choices.map(({ value }) => value).join('\\|')}\``;
    default:
      return `\`--${option.flag}\``;
  }
}

function holds(option: CaptureOption): string {
  switch (option.type) {
    case 'boolean':
      return option.default ? 'on' : 'off';
    case 'choice':
      return `\`${option.default}\``;
    case 'number':
      return option.unit === 'calls' ? String(option.default) : `${option.default} ${option.unit}`;
    case 'list':
      return 'none';
  }
}

function help(option: CaptureOption): string {
  const choices = option.type === 'choice' ? option.choices.map(({ value, help }) => ` \`${value}\`: ${help.charAt(0).toLowerCase()}${help.slice(1)}`) : [];
  const owner = CAPTURE_OPTIONS.find(({ key }) => key === option.onlyWith?.key);
  const only = owner ? `With \`--${owner.flag} ${option.onlyWith?.value}\`: ${option.help.charAt(0).toLowerCase()}${option.help.slice(1)}` : option.help;
  return cell(`${only}${choices.join('')}`);
}

/** A heading and a table for each group. */
export const optionTables = (): string =>
  CAPTURE_GROUPS.map(({ id, title }) => {
    const rows = CAPTURE_OPTIONS.filter(({ group }) => group === id).map(
      (option) => `| ${option.label} | ${flag(option)} | \`${option.key}\` | ${holds(option)} | ${help(option)} |`,
    );
    return [`### ${title}`, '', '| | Command line | Config file | Default | |', '|---|---|---|---|---|', ...rows].join('\n');
  }).join('\n\n');
