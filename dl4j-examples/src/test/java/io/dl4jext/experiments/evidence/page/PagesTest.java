package io.dl4jext.experiments.evidence.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The same page as HTML and as Markdown. */
class PagesTest {

    private static final String HOSTILE =
            "</td></script><img src=x onerror=\"alert('1')\"> {{body}} `code` *bold* _it_ [a](http://evil) | & # \u0001 \uD800";

    private static LinePlot plot(String name) {
        return new LinePlot(name, "Caption " + HOSTILE, "batch size", true, "C̄_K", true)
                .line("rate " + HOSTILE, new double[] {16, 32, 64}, new double[] {1, Double.NaN, 100})
                .line("rate 2", new double[] {16, 32, 64}, new double[] {0, 3, 5});
    }

    private static Page page() {
        return new Page()
                .chapter("Title " + HOSTILE)
                .text(TextKind.HEADLINE, "Headline " + HOSTILE)
                .text(TextKind.NOTE, "Note")
                .text("- no list 1. nor # heading")
                .lines("a command\n```\nwith a fence " + HOSTILE)
                .table(Table.of("Table " + HOSTILE, List.of("row one", HOSTILE))
                        .name("name " + HOSTILE, row -> row)
                        .column(Table.Kind.VERDICT, "verdict", row -> "not reproduced")
                        .column(Table.Kind.CODE, "command", row -> "a | b " + row)
                        .number("n", row -> -1.5)
                        .make())
                .figure(plot("plot"))
                .figure(new DotPlot("dots", "Dots", "accuracy %")
                        .row("a setting with a very long name that fits on no telephone, " + HOSTILE, 97, 0.5, 98)
                        .row("b", 96, Double.NaN, Double.NaN)
                        .row("wider above", 96, 95.5, 97.5, Double.NaN)
                        .row("not measured", Double.NaN, Double.NaN, 95)
                        .reference(96.5));
    }

    private static String html() throws IOException {
        return new HtmlPage("Page " + HOSTILE)
                .front(new Page().text("front"))
                .chapter("One " + HOSTILE, page())
                .html();
    }

    private static Document xml(String text) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void noTextBecomesMarkup() throws IOException {
        String html = html();
        assertThat(html)
                .doesNotContain("<img", "<script", "\u0001", "{{body}}<")
                .contains("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;", "{{body}}");
        assertThat(html.split("<h1>", -1)).hasSize(2);
    }

    /** Every element that is opened is closed, in the order of a tree. */
    @Test
    void theBodyIsWellFormed() throws Exception {
        String html = html();
        String body = html.substring(html.indexOf("<body>"), html.indexOf("</body>") + "</body>".length());
        Document tree = xml(body);
        assertThat(tree.getElementsByTagName("svg").getLength()).isEqualTo(4);
        assertThat(tree.getElementsByTagName("tr").getLength()).isEqualTo(3);
        assertThat(tree.getElementsByTagName("a")
                        .item(0)
                        .getAttributes()
                        .getNamedItem("href")
                        .getNodeValue())
                .isEqualTo("#chapter-1");
    }

    @Test
    void nothingIsLoadedFromAnywhere() throws IOException {
        String html = html();
        assertThat(html).contains("default-src 'none'", "prefers-color-scheme: dark", "width=device-width");
        Matcher references = Pattern.compile(
                        "(?:src|href|srcset|poster|data|action)\\s*=\\s*\"([^\"]*)\"|url\\(|@import")
                .matcher(html.replaceAll("&lt;.*?&gt;", ""));
        while (references.find()) {
            assertThat(references.group(1)).as(references.group()).matches("#.*|data:,");
        }
        String markup = html.replaceAll("(?s)<style>.*?</style>", "");
        assertThat(markup).doesNotContain("<script", "<iframe", "<object", "<embed", "<link rel=\"stylesheet\"");
    }

    /** On a phone a label is broken after its commas, where it would leave the picture. */
    @Test
    void labelsStayInThePicture() throws Exception {
        DotPlot plot = new DotPlot("rates", "Rates", "rate")
                .row("MNIST autoencoder, error summed over pixels, implicit, mean of steps", 1, 0.1, 2)
                .row("short", 2, 0.1, 1);
        Svg svg = new Svg(356);
        plot.draw(svg);
        NodeList texts = xml(svg.inline("rates")).getElementsByTagName("text");
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < texts.getLength(); i++) {
            Element text = (Element) texts.item(i);
            if (text.getAttribute("class").equals("label")) {
                labels.add(text.getTextContent());
                assertThat(Double.parseDouble(text.getAttribute("x")) + Svg.widthOf(text.getTextContent()))
                        .isLessThan(356);
            }
        }
        assertThat(labels)
                .containsExactly("MNIST autoencoder, error summed over pixels,", "implicit, mean of steps", "short");
    }

    @Test
    void tablesAndLinesScrollInABoxOfTheirOwn() throws IOException {
        String html = html();
        assertThat(html.split("<table>", -1)).hasSize(2);
        assertThat(html)
                .containsPattern("<div class=\"box\"[^>]*>\\s*<table>")
                .containsPattern("<div class=\"box\"[^>]*><pre>");
        assertThat(html).contains(".box { overflow-x: auto;");
    }

    @Test
    void theSameBecomesMarkdown() throws IOException {
        MarkdownPage markdown = new MarkdownPage(page());
        String text = markdown.markdown();
        assertThat(text.lines())
                .contains(
                        "> Note",
                        "\\- no list 1. nor # heading",
                        "````text",
                        "| --- | --- | --- | ---: |",
                        "| row one | **not reproduced** | `a \\| b row one` | -1.5 |");
        assertThat(text)
                .contains(
                        "# Title \\</td\\>",
                        "**Headline ",
                        "](plot.svg)",
                        "](dots.svg)",
                        "\\[a\\](http",
                        "\\*bold\\*",
                        "&amp;")
                .contains("with a fence </td>");
        assertThat(text.replaceAll("(?s)````text.*?````", "")).doesNotContainPattern("(?<!\\\\)<img");
        // A row for the headings, one for the rule, one for each row: no text breaks a row.
        assertThat(text.lines().filter(line -> line.startsWith("|"))).hasSize(4);
        assertThat(text.lines()
                        .filter(line -> line.startsWith("|"))
                        .map(line -> line.replace("\\|", "")
                                .chars()
                                .filter(c -> c == '|')
                                .count()))
                .containsOnly(5L);
    }

    @Test
    void figuresAreFilesBesideIt() throws Exception {
        Map<String, String> files = new MarkdownPage(page()).files();
        assertThat(files).containsOnlyKeys("plot.svg", "dots.svg");
        for (String svg : files.values()) {
            Document tree = xml(svg);
            assertThat(tree.getDocumentElement().getNamespaceURI()).isEqualTo("http://www.w3.org/2000/svg");
            assertThat(svg).contains("prefers-color-scheme: dark", "--c0").doesNotContain("<script", "href");
        }
    }

    @Test
    void everyWordOfOneIsInTheOther() throws IOException {
        Page page = new Page()
                .chapter("Chapter")
                .text("Some words.")
                .table(Table.of("Numbers", List.of(1, 2))
                        .name("n", n -> "name" + n)
                        .number("square", n -> n * n)
                        .make());
        String html = new HtmlPage("t").chapter("c", page).html();
        String markdown = new MarkdownPage(page).markdown();
        for (String word : List.of("Chapter", "Some words.", "Numbers", "name1", "name2", "square", "4")) {
            assertThat(html).contains(word);
            assertThat(markdown).contains(word);
        }
    }

    @Test
    void emptyTablesAndFiguresAreLeftOut() {
        Page page = new Page()
                .table(Table.of("none", List.<String>of()).name("n", n -> n).make())
                .figure(new DotPlot("dots", "Dots", "x").row("a", Double.NaN, Double.NaN, 3))
                .figure(new LinePlot("plot", "Plot", "x", true, "y", true)
                        .line("l", new double[] {1, 2}, new double[] {-1, Double.NaN}));
        assertThat(new MarkdownPage(page).markdown()).isEmpty();
    }

    @Test
    void figuresHaveNamesOfTheirOwn() {
        Page page = new Page().figure(plot("same")).figure(plot("same"));
        assertThatThrownBy(() -> new MarkdownPage(page)).hasMessageContaining("two of same");
    }

    @Test
    void linesAtTheirStartSayWhatTheySay() {
        assertThat(MarkdownPage.escapedLine("1. first")).isEqualTo("1\\. first");
        assertThat(MarkdownPage.escapedLine("2026 was")).isEqualTo("2026 was");
        assertThat(MarkdownPage.escapedLine("# x")).isEqualTo("\\# x");
        assertThat(MarkdownPage.escaped("C̄_K, C_K _a_ b__")).isEqualTo("C̄_K, C_K \\_a\\_ b\\_\\_");
        assertThat(MarkdownPage.escaped("two\n lines\t")).isEqualTo("two lines");
    }
}
