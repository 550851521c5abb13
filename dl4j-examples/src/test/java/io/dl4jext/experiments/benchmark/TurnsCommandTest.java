package io.dl4jext.experiments.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.benchmark.TurnsCommand.Row;
import io.dl4jext.experiments.engine.ResultFolder;
import io.dl4jext.experiments.report.TextTable;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class TurnsCommandTest {

    @Test
    void ofSeveralRunsTheMedianRatioAndHowFarTheyDiffer() {
        // Ratios 2, 1.5, 3: the median is none of the quotient of the median times, 6/4.
        Row row = new Row("mlp", 1.4, 2, 4).and(new Row("mlp", 1.4, 4, 6)).and(new Row("mlp", 1.4, 6, 18));
        TextTable<Row> table = TurnsCommand.table(List.of(row), "step", "plain ms", "measured ms");
        assertThat(TurnsCommand.addSpread(table, 1).column("bar", Row::bar))
                .hasToString("step  plain ms  measured ms  ratio  lowest  highest   bar\n"
                        + "mlp       4.00         6.00  2.000   1.500    3.000  1.40\n");
    }

    @Test
    void oneRunHasItsOwnRatio() {
        TextTable<Row> table =
                TurnsCommand.table(List.of(new Row("mlp", 1.4, 2, 3)), "step", "plain ms", "measured ms");
        assertThat(table).hasToString("step  plain ms  measured ms  ratio\nmlp       2.00         3.00  1.500\n");
    }

    /** One contender, whose step takes as long as it is told. */
    @Command(name = "sleeper")
    private static final class Sleeper extends TurnsCommand {

        private final long milliseconds;
        private int taken;

        Sleeper(long milliseconds) {
            this.milliseconds = milliseconds;
        }

        @Override
        Duration warmUpTime() {
            return milliseconds == 0 ? super.warmUpTime() : Duration.ofSeconds(1);
        }

        @Override
        String measured() {
            take(List.of(new Contender(() -> {}, () -> {
                taken++;
                long end = System.nanoTime() + milliseconds * 1_000_000;
                while (System.nanoTime() < end) {
                    LockSupport.parkNanos(end - System.nanoTime()); // may return at once
                }
            })));
            return legend("nothing");
        }
    }

    @TempDir
    Path folder;

    private String run(Sleeper sleeper, String... arguments) {
        StringWriter out = new StringWriter();
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--output", folder.resolve("out").toString()));
        try {
            assertThat(new CommandLine(sleeper).setOut(new PrintWriter(out)).execute(all.toArray(String[]::new)))
                    .isZero();
        } finally {
            ResultFolder.release(sleeper.folder());
        }
        return out.toString();
    }

    @Test
    void warmsUpForTheStepsThatItIsTold() {
        Sleeper sleeper = new Sleeper(0);
        assertThat(run(sleeper, "--steps", "4", "--block", "2", "--warm-up", "3"))
                .contains("4 steps of each after 3 to warm up, in turns, 2 at a time.");
        assertThat(sleeper.taken).isEqualTo(3 + 4);
    }

    /** Ten seconds, of which the test takes one. */
    @Test
    void warmsUpForSomeTimeOtherwise() {
        assertThat(new Sleeper(0).warmUpTime()).isEqualTo(Duration.ofSeconds(10));
        Sleeper sleeper = new Sleeper(90);
        long start = System.nanoTime();
        assertThat(run(sleeper, "--steps", "1", "--block", "1")).contains("1 steps of each after 1 seconds to warm up");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
        assertThat(sleeper.taken).isBetween(2, 12 + 1); // fewer where the machine is busy
    }
}
