package io.dl4jext.experiments.evidence.page;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** A table of texts: headings, each with the kind of what stands below it, and rows. */
public final class Table {

    /** What a column holds. */
    public enum Kind {
        /** What a row is called; the first column. */
        NAME,
        TEXT,
        /** To the right. */
        NUMBER,
        /** One word that is worth a colour. */
        VERDICT,
        /** A command or a file. */
        CODE
    }

    static final class Column {

        final Kind kind;
        final String heading;

        Column(Kind kind, String heading) {
            this.kind = kind;
            this.heading = heading;
        }
    }

    private final String caption;
    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    private Table(String caption) {
        this.caption = caption;
    }

    /** Makes a table column by column. */
    public static final class Maker<T> {

        private final List<T> items;
        private final Table table;

        private Maker(String caption, Collection<? extends T> items) {
            this.items = List.copyOf(items);
            this.table = new Table(caption);
            items.forEach(item -> table.rows.add(new ArrayList<>()));
        }

        public Maker<T> column(Kind kind, String heading, Function<? super T, ?> cell) {
            table.columns.add(new Column(kind, heading));
            for (int i = 0; i < items.size(); i++) {
                table.rows.get(i).add(String.valueOf(cell.apply(items.get(i))));
            }
            return this;
        }

        public Maker<T> name(String heading, Function<? super T, ?> cell) {
            return column(Kind.NAME, heading, cell);
        }

        public Maker<T> text(String heading, Function<? super T, ?> cell) {
            return column(Kind.TEXT, heading, cell);
        }

        public Maker<T> number(String heading, Function<? super T, ?> cell) {
            return column(Kind.NUMBER, heading, cell);
        }

        public Table make() {
            return table;
        }
    }

    /**
     * A table with a row for each item.
     *
     * @param caption what it is a table of
     */
    public static <T> Maker<T> of(String caption, Collection<? extends T> items) {
        return new Maker<>(caption, items);
    }

    String caption() {
        return caption;
    }

    List<Column> columns() {
        return columns;
    }

    List<List<String>> rows() {
        return rows;
    }
}
