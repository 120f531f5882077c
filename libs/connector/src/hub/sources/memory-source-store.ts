import { type SourceConfiguration, SourceStore } from '../../api/source-store.port.js';

/** Keeps sources in the process; they are gone with it. The default. */
export class MemorySourceStore extends SourceStore {
  private readonly documents = new Map<string, string>();

  override async names(): Promise<readonly string[]> {
    return [...this.documents.keys()].sort();
  }

  override async get(source: string): Promise<SourceConfiguration | undefined> {
    const text = this.documents.get(source);
    return text === undefined ? undefined : (JSON.parse(text) as SourceConfiguration);
  }

  override async put(source: string, configuration: SourceConfiguration): Promise<void> {
    // As text, so that a document cannot be changed through a reference to it.
    this.documents.set(source, JSON.stringify(configuration));
  }

  override async delete(source: string): Promise<boolean> {
    return this.documents.delete(source);
  }
}
