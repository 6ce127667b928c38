import type { Page } from 'playwright/test';

/** Drops a file of the browser's onto the page: nobody is told where it lies. */
export function dropFile(page: Page, name: string, content: string | Uint8Array): Promise<void> {
  return page.evaluate(
    ([fileName, base64]) => {
      const bytes = Uint8Array.from(atob(base64 ?? ''), (letter) => letter.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], fileName ?? ''));
      for (const type of ['dragenter', 'dragover', 'drop']) document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, Buffer.from(content).toString('base64')],
  );
}
