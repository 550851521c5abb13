package io.dl4jext.experiments.evidence.page;

/** Writes a page's parts in one format. Texts are plain: whatever means something in the format is escaped. */
interface PageWriter {

    /** @param level 2 for a chapter, 3 for a section */
    void heading(int level, String text);

    void text(TextKind kind, String text);

    /** Lines as they are. */
    void lines(String text);

    void table(Table table);

    void figure(Figure figure);
}
