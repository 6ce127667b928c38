import { AsyncScope } from '../../protocol/records.ts';
import type { RingWriter } from '../ring-writer.ts';
import { jsonArgs } from './json-args.ts';
import type { Numbers } from './operation.ts';
import type { TakeEntry } from './performance-entries.ts';
import { textOf } from './plain-text.ts';

/** Lookups and queries of `dns`, of which Node tells when they are over: no arrow leads to them. */
export function dnsLookups(writer: RingWriter, numbers: Numbers): TakeEntry {
  return (entry, startNs, endNs) => {
    const { detail } = entry as { detail?: unknown };
    const number = numbers.next();
    const args = jsonArgs({ host: textOf(detail, 'hostname') ?? textOf(detail, 'host') });
    if (!writer.asyncBegin(number, AsyncScope.STREAM, `dns.${entry.name}`, 'dns', 0, 0, args, startNs)) return;
    writer.asyncEnd(number, AsyncScope.STREAM, '', '', endNs);
  };
}
