package io.dl4jext.experiments.evidence.page;

import java.util.ArrayList;
import java.util.List;

/** What is shown, part after part, before it is anything but text: HTML and Markdown are written from the same page. */
public final class Page {

    private final List<Block> blocks = new ArrayList<>();

    /** A chapter's title. */
    public Page chapter(String text) {
        blocks.add(writer -> writer.heading(2, text));
        return this;
    }

    /** A section's title. */
    public Page section(String text) {
        blocks.add(writer -> writer.heading(3, text));
        return this;
    }

    public Page text(String text) {
        return text(TextKind.PLAIN, text);
    }

    public Page text(TextKind kind, String text) {
        blocks.add(writer -> writer.text(kind, text));
        return this;
    }

    /** Lines of a fixed width, such as a command. */
    public Page lines(String text) {
        blocks.add(writer -> writer.lines(text));
        return this;
    }

    /** A table; none is shown without rows. */
    public Page table(Table table) {
        if (!table.rows().isEmpty()) {
            blocks.add(writer -> writer.table(table));
        }
        return this;
    }

    /** A picture; none is shown where there is nothing to draw. */
    public Page figure(Figure figure) {
        if (!figure.isEmpty()) {
            blocks.add(writer -> writer.figure(figure));
        }
        return this;
    }

    public Page add(Page other) {
        blocks.addAll(other.blocks);
        return this;
    }

    void to(PageWriter writer) {
        blocks.forEach(block -> block.to(writer));
    }
}
