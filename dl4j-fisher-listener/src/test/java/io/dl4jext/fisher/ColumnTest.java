package io.dl4jext.fisher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of columns: what the documentation says of it, and what it reads of a measurement. */
class ColumnTest {

    @Test
    void theDocumentationHasThisTableWordByWord() throws IOException {
        List<String> page = Files.readAllLines(Path.of("..", "docs", "fisher.md"));
        int head = page.indexOf("| column | what it holds |");
        assertThat(head).isNotNegative();
        List<String> rows = page.subList(head + 2, page.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .collect(Collectors.toList());
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Column.values())
                        .map(column -> "| `" + column.title() + "` | " + column.description() + " |")
                        .collect(Collectors.toList()));
    }

    /** Each column is the figure of its name, told apart by values that all differ. */
    @Test
    void columnsHoldTheFiguresOfTheirNames() {
        FisherMeasurement first =
                FisherMeasurement.builder().learningRate(0.5).eigenvalues(49, 1).build();
        FisherMeasurement m = FisherMeasurement.builder()
                .epoch(2)
                .iteration(11)
                .learningRate(0.25)
                .loss(0.75)
                .gradients(
                        new double[] {3, 1, 0}, new double[] {1, 2, 1}, new double[] {2, 4, 2}, new double[] {1, 0, 5})
                .topAlignment(true)
                .build();
        FisherHistory run = FisherHistory.of(first, m);
        FisherSummary soFar = run.summaries().get(1);
        GradientStatistics gradients = m.gradientStatistics();
        List<Number> values = Arrays.stream(Column.values())
                .map(column -> column.of(m, soFar))
                .collect(Collectors.toList());
        assertThat(values)
                .containsExactly(
                        2L,
                        11L,
                        4L,
                        0.25,
                        0.75,
                        m.conditionNumber(),
                        3L,
                        66.0,
                        0.25 / 4 * Math.sqrt(66),
                        Math.sqrt(49 + 49 + 64) / 4,
                        gradients.medianGradientNorm(),
                        Math.sqrt(26),
                        gradients.covarianceTrace(),
                        gradients.noiseScale(),
                        gradients.normTest(),
                        gradients.innerProductTest(),
                        gradients.orthogonalityTest(),
                        (7 + m.conditionNumber()) / 2,
                        soFar.cumulativeEnergy(),
                        // 11 iterations of 2 examples each have passed before.
                        26L,
                        m.effectiveRank(),
                        66.0 / (49 + 49 + 64),
                        gradients.meanCosine(),
                        gradients.smallestCosine(),
                        m.topAlignment());
        assertThat(values).doesNotHaveDuplicates();
        assertThat(values).noneMatch(value -> Double.isNaN(value.doubleValue()));
    }
}
