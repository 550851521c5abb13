package io.dl4jext.fisher.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An HTML table: columns are added one by one, each a heading and what it says of a row. On a narrow screen each row is a card,
 * which repeats the headings.
 *
 * @param <R> what a row is about
 */
final class Table<R> {

    private final List<R> rows;
    private final List<Column<R>> columns = new ArrayList<>();

    Table(List<R> rows) {
        this.rows = rows;
    }

    private static final class Column<R> {

        final String heading;
        final String kind;
        final Function<R, String> text;

        Column(String heading, String kind, Function<R, String> text) {
            this.heading = heading;
            this.kind = kind;
            this.text = text;
        }
    }

    /** What the row is called; the first column. */
    Table<R> name(String heading, Function<R, String> text) {
        columns.add(new Column<>(heading, "name", text));
        return this;
    }

    Table<R> text(String heading, Function<R, String> text) {
        columns.add(new Column<>(heading, "text", text));
        return this;
    }

    Table<R> number(String heading, Function<R, String> text) {
        columns.add(new Column<>(heading, "number", text));
        return this;
    }

    /** @param caption what it is a table of, for those who do not see where it stands */
    String html(String caption) {
        StringBuilder html = new StringBuilder("<table>\n<caption>" + Html.text(caption) + "</caption>\n<thead><tr>");
        for (Column<R> column : columns) {
            html.append("<th scope=\"col\" class=\"")
                    .append(column.kind)
                    .append("\">")
                    .append(Html.text(column.heading))
                    .append("</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (R row : rows) {
            html.append("<tr>");
            for (Column<R> column : columns) {
                String cell = column.kind.equals("name") ? "th scope=\"row\"" : "td";
                html.append('<')
                        .append(cell)
                        .append(" class=\"")
                        .append(column.kind)
                        .append("\" data-heading=\"")
                        .append(Html.text(column.heading))
                        .append("\"><span>")
                        .append(Html.text(column.text.apply(row)))
                        .append("</span></")
                        .append(cell, 0, 2)
                        .append('>');
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }
}
