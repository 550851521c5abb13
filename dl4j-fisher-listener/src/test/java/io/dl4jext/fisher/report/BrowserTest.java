package io.dl4jext.fisher.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.Beacon;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.report.Browser.Visit;
import io.dl4jext.fisher.sink.CsvSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That the script of a page runs: it comes to its end, draws all its charts, and nothing is written to the console. */
@Tag("slow")
class BrowserTest {

    private static final String HOSTILE = "</script><img src=x onerror=\"alert('2')\"> __proto__ {{script}} <!-- &";

    /** The plane, the training, the noise scale. */
    private static final int ALWAYS = 3;

    @TempDir
    Path folder;

    private Browser browser;

    @BeforeEach
    void find() {
        browser = Browser.inFolder(folder);
    }

    private static FisherReport.Builder severalRuns() {
        return FisherReport.builder()
                .title(HOSTILE)
                .add(HOSTILE, Runs.traced(30, 1, "layer 0 " + HOSTILE, "layer 1", "layer 2"))
                .add("untraced", Runs.of(50, 6, 2))
                .add("nothing measured", FisherHistory.of())
                .add("__proto__", Runs.traced(3, 3, "__proto__", "layer 2"))
                .beacon("good", Beacon.of(Runs.of(20, 4, 9)));
    }

    private Path written(FisherReport.Builder report) throws IOException {
        Path page = folder.resolve("page.html");
        report.build().write(page);
        return page;
    }

    private static void assertDrawn(Visit visit, int charts) {
        assertThat(visit.console).isEmpty();
        assertThat(visit.data("charts")).as("the script's end").isEqualTo(Integer.toString(charts));
        assertThat(visit.data("drawn")).isEqualTo(Integer.toString(charts));
    }

    @Test
    void severalRunsWithAllThatThereIs() throws Exception {
        assertDrawn(browser.open(written(severalRuns()), 1440), ALWAYS + 3 + 2);
    }

    @Test
    void oneMeasurementOnAPhone() throws Exception {
        FisherReport.Builder report = FisherReport.builder().add("one", Runs.traced(1, 1, "layer 0"));
        assertDrawn(browser.open(written(report), 390), ALWAYS + 1 + 1);
    }

    @Test
    void aDivergedRunWithoutSpectra() throws Exception {
        FisherHistory history = FisherHistory.of(
                Runs.at(0).loss(Double.POSITIVE_INFINITY).eigenvalues(4, 1).build(),
                Runs.at(1).loss(Double.NaN).eigenvalues(Double.NaN, 1).build(),
                Runs.at(2).eigenvalues(0, 0).build());
        Path file = folder.resolve("run.csv");
        try (CsvSink sink = new CsvSink(file)) {
            history.writeTo(sink, 0);
        }
        assertDrawn(browser.open(written(FisherReport.builder().add("diverged", file)), 1440), ALWAYS);
        assertDrawn(browser.open(written(FisherReport.builder().add("diverged", history)), 1440), ALWAYS + 1);
    }

    @Test
    void everyControlAndEveryTip() throws Exception {
        FisherReport.Builder report = severalRuns();
        for (int i = 0; i < 4; i++) {
            report.add("run " + i, Runs.traced(20, i, "layer 0", "layer 1"));
        }
        Visit visit = browser.open(withScript(written(report), "use-everything.js"), 1440);
        assertDrawn(visit, ALWAYS + 4 + 4);
        assertThat(visit.data("used"))
                .as("the end of the script that uses them")
                .isEqualTo("all");
        assertThat(visit.data("tips")).as("charts that show values").isEqualTo(Integer.toString(ALWAYS + 4 + 4));
    }

    /** That the tests above would tell. */
    @Test
    void aFaultIsFound() throws Exception {
        Path page = withScript(written(FisherReport.builder().add("one", Runs.of(3, 2, 1))), "use-everything.js");
        Files.writeString(page, Files.readString(page).replaceFirst("(?s)script-src .*?;?\">", "script-src 'none'\">"));
        Visit refused = browser.open(page, 1440);
        assertThat(refused.console).isNotEmpty();
        assertThat(refused.data("charts")).isNull();
    }

    /** The page with one more script, which its policy then allows. */
    private Path withScript(Path page, String name) throws Exception {
        String script = new String(getClass().getResourceAsStream(name).readAllBytes(), StandardCharsets.UTF_8)
                .replace("\r\n", "\n");
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(script.getBytes(StandardCharsets.UTF_8)));
        String html = Files.readString(page)
                .replaceFirst("script-src ", "script-src 'sha256-" + hash + "' ")
                .replaceFirst("</body>\\s*</html>\\s*$", "");
        return Files.writeString(
                folder.resolve("with-script.html"), html + "<script>" + script + "</script></body></html>");
    }
}
