package io.dl4jext.fisher.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * An HTML table: fields are added one by one, each a heading and what it says of a row. On a narrow screen each row is
 * a card, which repeats the headings.
 *
 * @param <R> what a row is about
 */
final class Table<R> {

    private final List<R> rows;
    private final List<Field<R>> fields = new ArrayList<>();

    Table(List<R> rows) {
        this.rows = rows;
    }

    private static final class Field<R> {

        final String heading;
        final String kind;
        final Function<R, String> text;

        Field(String heading, String kind, Function<R, String> text) {
            this.heading = heading;
            this.kind = kind;
            this.text = text;
        }
    }

    /** What the row is called; the first field. */
    Table<R> name(String heading, Function<R, String> text) {
        fields.add(new Field<>(heading, "name", text));
        return this;
    }

    Table<R> text(String heading, Function<R, String> text) {
        fields.add(new Field<>(heading, "text", text));
        return this;
    }

    /** One word, which is not broken where there is room. */
    Table<R> word(String heading, Function<R, String> text) {
        fields.add(new Field<>(heading, "word", text));
        return this;
    }

    Table<R> number(String heading, Function<R, String> text) {
        fields.add(new Field<>(heading, "number", text));
        return this;
    }

    /** @param caption what it is a table of, for those who do not see where it stands */
    String html(String caption) {
        StringBuilder html = new StringBuilder("<table>\n<caption>" + Html.text(caption) + "</caption>\n<thead><tr>");
        for (Field<R> field : fields) {
            html.append("<th scope=\"col\" class=\"")
                    .append(field.kind)
                    .append("\">")
                    .append(Html.text(field.heading))
                    .append("</th>");
        }
        html.append("</tr></thead>\n<tbody>\n");
        for (R row : rows) {
            html.append("<tr>");
            for (Field<R> field : fields) {
                String cell = field.kind.equals("name") ? "th scope=\"row\"" : "td";
                html.append('<')
                        .append(cell)
                        .append(" class=\"")
                        .append(field.kind)
                        .append("\" data-heading=\"")
                        .append(Html.text(field.heading))
                        .append("\"><span>")
                        .append(Html.text(field.text.apply(row)))
                        .append("</span></")
                        .append(cell, 0, 2)
                        .append('>');
            }
            html.append("</tr>\n");
        }
        return html.append("</tbody>\n</table>\n").toString();
    }
}
