package io.dl4jext.experiments.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.experiments.benchmark.TurnsCommand.Row;
import io.dl4jext.experiments.report.TextTable;
import java.util.List;
import org.junit.jupiter.api.Test;

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
}
