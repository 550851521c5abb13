package io.dl4jext.experiments.evidence.page;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pages as one HTML file that needs no server, no network and no script; {@code page.html} with its places filled in.
 */
public final class HtmlPage {

    /** A figure is drawn twice; the style sheet shows the one that fits, so that its letters are not scaled. */
    private static final int WIDE = 760;

    private static final int NARROW = 356;

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z]+)}}");

    private final String title;
    private final StringBuilder links = new StringBuilder();
    private final StringBuilder front = new StringBuilder();
    private final StringBuilder body = new StringBuilder();
    private int chapters;

    public HtmlPage(String title) {
        this.title = title;
    }

    /** Adds what stands before everything else, the list of chapters included. */
    public HtmlPage front(Page page) {
        page.to(new Writer(front));
        return this;
    }

    /**
     * Adds a chapter.
     *
     * @param name in the list of chapters
     */
    public HtmlPage chapter(String name, Page page) {
        chapters++;
        String id = "chapter-" + chapters;
        links.append("<a href=\"#" + id + "\">" + Html.text(name) + "</a>\n");
        body.append("<section id=\"" + id + "\">\n");
        page.to(new Writer(body));
        body.append("</section>\n");
        return this;
    }

    /** The whole file. */
    public String html() throws IOException {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("title", Html.text(title));
        places.put("style", resource("page.css") + resource("figure.css"));
        places.put("front", front.toString());
        places.put("links", links.toString());
        places.put("body", body.toString());
        // In one pass: what is filled in may look like a place.
        Matcher matcher = PLACE.matcher(resource("page.html"));
        StringBuilder html = new StringBuilder();
        while (matcher.find()) {
            matcher.appendReplacement(html, Matcher.quoteReplacement(places.get(matcher.group(1))));
        }
        return matcher.appendTail(html).toString();
    }

    static String resource(String name) throws IOException {
        try (InputStream in = HtmlPage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("Expected the resource " + name + " beside the classes of "
                        + HtmlPage.class.getPackageName() + ", found none: the jar is not whole");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        }
    }

    private static final class Writer implements PageWriter {

        private final StringBuilder body;

        Writer(StringBuilder body) {
            this.body = body;
        }

        @Override
        public void heading(int level, String text) {
            body.append("<h" + level + ">" + Html.text(text) + "</h" + level + ">\n");
        }

        @Override
        public void text(TextKind kind, String text) {
            String style =
                    kind == TextKind.PLAIN ? "" : " class=\"" + kind.name().toLowerCase(Locale.ROOT) + "\"";
            body.append("<p" + style + ">" + Html.text(text) + "</p>\n");
        }

        @Override
        public void lines(String text) {
            body.append("<div class=\"box\" tabindex=\"0\"><pre>" + Html.text(text) + "</pre></div>\n");
        }

        @Override
        public void table(Table table) {
            body.append("<div class=\"box\" tabindex=\"0\" role=\"region\" aria-label=\"" + Html.text(table.caption())
                    + "\">\n<table>\n<caption>" + Html.text(table.caption()) + "</caption>\n<thead><tr>");
            for (Table.Column column : table.columns()) {
                body.append("<th scope=\"col\"" + style(column) + ">" + Html.text(column.heading) + "</th>");
            }
            body.append("</tr></thead>\n<tbody>\n");
            for (List<String> row : table.rows()) {
                body.append("<tr>");
                for (int i = 0; i < row.size(); i++) {
                    cell(table.columns().get(i), row.get(i));
                }
                body.append("</tr>\n");
            }
            body.append("</tbody>\n</table>\n</div>\n");
        }

        private void cell(Table.Column column, String text) {
            String html = Html.text(text);
            switch (column.kind) {
                case NAME:
                    body.append("<th scope=\"row\"" + style(column) + ">" + html + "</th>");
                    break;
                case VERDICT:
                    body.append("<td" + style(column) + "><span class=\"is-" + text.replaceAll("[^a-z]", "-") + "\">"
                            + html + "</span></td>");
                    break;
                case CODE:
                    body.append("<td" + style(column) + "><code>" + html + "</code></td>");
                    break;
                default:
                    body.append("<td" + style(column) + ">" + html + "</td>");
            }
        }

        private String style(Table.Column column) {
            return " class=\"" + column.kind.name().toLowerCase(Locale.ROOT) + "\"";
        }

        @Override
        public void figure(Figure figure) {
            body.append("<figure>\n<div class=\"wide\">\n" + drawn(figure, WIDE) + "</div>\n<div class=\"narrow\">\n"
                    + drawn(figure, NARROW) + "</div>\n<figcaption>" + Html.text(figure.caption())
                    + "</figcaption>\n</figure>\n");
        }

        private String drawn(Figure figure, int width) {
            Svg svg = new Svg(width);
            figure.draw(svg);
            return svg.inline(figure.caption());
        }
    }
}
