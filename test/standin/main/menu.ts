/** Menus as data: built from a template, clicked by a test. Nothing is drawn. */
import type { BrowserWindow } from './browser-window.ts';

export interface MenuItemTemplate {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly type?: 'normal' | 'separator' | 'submenu' | 'checkbox' | 'radio';
  readonly accelerator?: string;
  readonly enabled?: boolean;
  readonly visible?: boolean;
  readonly submenu?: readonly MenuItemTemplate[];
  readonly click?: (item: MenuItem, window: BrowserWindow | undefined, event: object) => void;
}

export class MenuItem {
  readonly id: string;
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly accelerator: string | undefined;
  enabled: boolean;
  visible: boolean;
  readonly submenu: Menu | undefined;
  /** As in Electron: called by a test with (event, focused window). */
  readonly click: (event?: object, window?: BrowserWindow) => void;

  constructor(template: MenuItemTemplate) {
    this.id = template.id ?? '';
    this.label = template.label ?? '';
    this.role = template.role;
    this.type = template.type ?? (template.submenu ? 'submenu' : 'normal');
    this.accelerator = template.accelerator;
    this.enabled = template.enabled ?? true;
    this.visible = template.visible ?? true;
    this.submenu = template.submenu && Menu.buildFromTemplate(template.submenu);
    this.click = (event = {}, window) => {
      if (this.enabled) template.click?.(this, window, event);
    };
  }
}

export class Menu {
  readonly items: readonly MenuItem[];
  static #application: Menu | null = null;

  constructor(items: readonly MenuItem[] = []) {
    this.items = items;
  }
  getMenuItemById(id: string): MenuItem | null {
    for (const item of this.items) {
      const found = item.id === id ? item : item.submenu?.getMenuItemById(id);
      if (found) return found;
    }
    return null;
  }
  static buildFromTemplate(template: readonly MenuItemTemplate[]): Menu {
    return new Menu(template.map((item) => new MenuItem(item)));
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }
}
