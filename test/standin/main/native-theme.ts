import { GuardedEmitter } from './guarded-emitter.ts';

/** nativeTheme: the system is light; `themeSource` decides otherwise. Windows follow by emulated media. */
class NativeTheme extends GuardedEmitter {
  #source: 'system' | 'light' | 'dark' = 'system';
  get themeSource(): 'system' | 'light' | 'dark' {
    return this.#source;
  }
  set themeSource(source: 'system' | 'light' | 'dark') {
    this.#source = source;
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}

export const nativeTheme = new NativeTheme();
