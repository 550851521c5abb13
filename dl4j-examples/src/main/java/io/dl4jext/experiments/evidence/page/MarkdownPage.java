package io.dl4jext.experiments.evidence.page;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A page as Markdown (GitHub's kind) with its figures as SVG files beside it. */
public final class MarkdownPage {

    private static final int WIDTH = 760;
    private static final String PUNCTUATION = "\\`*_[]<>|~";

    private final StringBuilder text = new StringBuilder();
    private final Map<String, Figure> figures = new LinkedHashMap<>();

    public MarkdownPage(Page page) {
        page.to(new Writer());
    }

    /** The text. */
    public String markdown() {
        return text.toString();
    }

    /** The figures' files: contents by name. */
    public Map<String, String> files() throws IOException {
        String style = HtmlPage.resource("figure-file.css") + HtmlPage.resource("figure.css");
        Map<String, String> files = new LinkedHashMap<>();
        figures.forEach((name, figure) -> {
            Svg svg = new Svg(WIDTH);
            figure.draw(svg);
            files.put(name, svg.file(figure.caption(), style));
        });
        return files;
    }

    /** Any text as a part of a line that says just that. */
    static String escaped(String text) {
        String line = clean(text).replaceAll("\\s+", " ").strip();
        StringBuilder markdown = new StringBuilder();
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '&') {
                markdown.append("&amp;");
                continue;
            }
            boolean within = c == '_'
                    && i > 0
                    && i + 1 < line.length()
                    && isWord(line.charAt(i - 1))
                    && isWord(line.charAt(i + 1));
            if (PUNCTUATION.indexOf(c) >= 0 && !within) {
                markdown.append('\\');
            }
            markdown.append(c);
        }
        return markdown.toString();
    }

    /** The same at the start of a line, where more characters mean something: headings, lists, rules. */
    static String escapedLine(String text) {
        return escaped(text).replaceFirst("^([#+=-])", "\\\\$1").replaceFirst("^(\\d+)([.)])", "$1\\\\$2");
    }

    /** Without what no text file should hold. */
    private static String clean(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "\uFFFD");
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || Character.getType(c) == Character.NON_SPACING_MARK;
    }

    private final class Writer implements PageWriter {

        @Override
        public void heading(int level, String heading) {
            text.append("#".repeat(level - 1) + " " + escaped(heading) + "\n\n");
        }

        @Override
        public void text(TextKind kind, String paragraph) {
            String line = escapedLine(paragraph);
            switch (kind) {
                case HEADLINE:
                    text.append("**" + line + "**\n\n");
                    break;
                case NOTE:
                    text.append("> " + line + "\n\n");
                    break;
                default:
                    text.append(line + "\n\n");
            }
        }

        @Override
        public void lines(String lines) {
            String own = clean(lines).stripTrailing();
            String fence = "```";
            while (own.contains(fence)) {
                fence += "`";
            }
            text.append(fence + "text\n" + own + "\n" + fence + "\n\n");
        }

        @Override
        public void table(Table table) {
            text.append(escapedLine(table.caption()) + ":\n\n");
            row(table.columns().stream().map(column -> escaped(column.heading)).collect(Collectors.toList()));
            row(table.columns().stream()
                    .map(column -> column.kind == Table.Kind.NUMBER ? "---:" : "---")
                    .collect(Collectors.toList()));
            for (List<String> cells : table.rows()) {
                List<String> row = new ArrayList<>();
                for (int i = 0; i < cells.size(); i++) {
                    row.add(cell(table.columns().get(i).kind, cells.get(i)));
                }
                row(row);
            }
            text.append('\n');
        }

        private String cell(Table.Kind kind, String cell) {
            if (kind == Table.Kind.VERDICT && !cell.isBlank()) {
                return "**" + escaped(cell) + "**";
            }
            return kind == Table.Kind.CODE && !cell.contains("`") && !cell.isBlank()
                    ? "`" + clean(cell).replaceAll("\\s+", " ").replace("|", "\\|") + "`"
                    : escaped(cell);
        }

        private void row(List<String> cells) {
            text.append("| " + String.join(" | ", cells) + " |\n");
        }

        @Override
        public void figure(Figure figure) {
            String file = figure.name() + ".svg";
            if (figures.put(file, figure) != null) {
                throw new IllegalArgumentException("expected figures of different names, got two of " + figure.name());
            }
            text.append("![" + escaped(figure.caption()) + "](" + file + ")\n\n");
        }
    }
}
