package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/** A page, taken apart. */
final class PageText {

    private static final Pattern SCRIPT = Pattern.compile("<script([^>]*)>(.*?)</script>", Pattern.DOTALL);

    /** All of it. */
    final String html;

    /** Without what is in scripts. */
    final String markup;

    /** The contents of the scripts that run. */
    final List<String> scripts = new ArrayList<>();

    final JsonNode data;

    private PageText(String html) throws IOException {
        this.html = html;
        JsonNode found = null;
        Matcher matcher = SCRIPT.matcher(html);
        while (matcher.find()) {
            if (matcher.group(1).contains("application/json")) {
                assertThat(found).as("data before %s", matcher.group(1)).isNull();
                found = new ObjectMapper().readTree(matcher.group(2));
            } else {
                scripts.add(matcher.group(2));
            }
        }
        data = found;
        markup = matcher.replaceAll("");
    }

    static PageText of(FisherReport.Builder report, Path folder) throws IOException {
        Path file = folder.resolve("page.html");
        report.build().write(file);
        return read(file);
    }

    static PageText read(Path file) throws IOException {
        return new PageText(Files.readString(file));
    }

    JsonNode run(int index) {
        return data.get("runs").get(index);
    }

    /** The numbers of an array, as the page's own script reads them. */
    static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).isTextual()
                    ? Double.parseDouble(array.get(i).asText())
                    : array.get(i).doubleValue();
        }
        return numbers;
    }

    /** The texts of a table's rows, cell after cell. */
    List<List<String>> table(String caption) {
        Matcher table = Pattern.compile(
                        "<caption>" + Pattern.quote(caption) + ".*?</caption>.*?<tbody>(.*?)</tbody>", Pattern.DOTALL)
                .matcher(markup);
        assertThat(table.find()).as("a table '%s'", caption).isTrue();
        List<List<String>> rows = new ArrayList<>();
        Matcher row = Pattern.compile("<tr>(.*?)</tr>", Pattern.DOTALL).matcher(table.group(1));
        while (row.find()) {
            List<String> cells = new ArrayList<>();
            Matcher cell = Pattern.compile("<span>(.*?)</span>", Pattern.DOTALL).matcher(row.group(1));
            while (cell.find()) {
                cells.add(cell.group(1));
            }
            rows.add(cells);
        }
        return rows;
    }
}
