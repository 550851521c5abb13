package io.dl4jext.fisher.sink;

import static io.dl4jext.fisher.FisherMeasurements.measurement;
import static io.dl4jext.fisher.FisherMeasurements.summary;
import static org.assertj.core.api.Assertions.assertThat;

import io.dl4jext.fisher.FisherMeasurement;
import io.dl4jext.fisher.FisherSink;
import io.dl4jext.fisher.FisherSummary;
import io.dl4jext.fisher.GradientStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CsvSinkTest extends FileSinkContract {

    @Override
    FisherSink create(Path path) throws IOException {
        return new CsvSink(path);
    }

    @Override
    FisherSink appending(Path path) throws IOException {
        return CsvSink.appending(path);
    }

    @Override
    List<Integer> iterations(Path path) throws IOException {
        List<Integer> iterations = new ArrayList<>();
        for (Map<String, String> row : rows(path)) {
            iterations.add(Integer.valueOf(row.get("iteration")));
        }
        return iterations;
    }

    /** Column name to value; the header row is the first line that is no comment. */
    private static List<Map<String, String>> rows(Path path) throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        String[] columns = null;
        for (String line : Files.readAllLines(path)) {
            if (line.startsWith("#")) {
                continue;
            }
            String[] values = line.split(",", -1);
            if (columns == null) {
                columns = values;
                continue;
            }
            assertThat(values).as(line).hasSameSizeAs(columns);
            Map<String, String> row = new LinkedHashMap<>();
            for (int i = 0; i < columns.length; i++) {
                row.put(columns[i], values[i]);
            }
            rows.add(row);
        }
        return rows;
    }

    @Test
    void everyNumberComesBackToTheLastBit() throws IOException {
        List<Map<String, String>> rows = rows(written());
        assertRow(rows.get(0), FIRST, AFTER_FIRST);
        assertRow(rows.get(1), SECOND, AFTER_SECOND);
    }

    private static void assertRow(Map<String, String> row, FisherMeasurement measurement, FisherSummary soFar) {
        assertThat(row.get("epoch")).isEqualTo(String.valueOf(measurement.epoch()));
        assertThat(row.get("iteration")).isEqualTo(String.valueOf(measurement.iteration()));
        assertThat(row.get("batch_size")).isEqualTo(String.valueOf(measurement.batchSize()));
        assertThat(row.get("rank")).isEqualTo(String.valueOf(measurement.rank()));
        assertThat(number(row, "learning_rate")).isEqualTo(measurement.learningRate());
        assertThat(number(row, "loss")).isEqualTo(measurement.loss());
        assertThat(number(row, "condition_number")).isEqualTo(measurement.conditionNumber());
        assertThat(number(row, "trace")).isEqualTo(measurement.trace());
        assertThat(number(row, "energy")).isEqualTo(measurement.energy());
        assertThat(number(row, "mean_gradient_norm")).isEqualTo(measurement.meanGradientNorm());
        GradientStatistics gradients = measurement.gradientStatistics();
        assertThat(number(row, "gradient_norm_median")).isEqualTo(gradients.medianGradientNorm());
        assertThat(number(row, "gradient_norm_max")).isEqualTo(gradients.largestGradientNorm());
        assertThat(number(row, "covariance_trace")).isEqualTo(gradients.covarianceTrace());
        assertThat(number(row, "noise_scale")).isEqualTo(gradients.noiseScale());
        assertThat(number(row, "norm_test")).isEqualTo(gradients.normTest());
        assertThat(number(row, "inner_product_test")).isEqualTo(gradients.innerProductTest());
        assertThat(number(row, "orthogonality_test")).isEqualTo(gradients.orthogonalityTest());
        assertThat(row.get("examples")).isEqualTo(String.valueOf(soFar.examples()));
        assertThat(number(row, "average_condition_number")).isEqualTo(soFar.averageConditionNumber());
        assertThat(number(row, "cumulative_energy")).isEqualTo(soFar.cumulativeEnergy());
        assertThat(number(row, "effective_rank")).isEqualTo(measurement.effectiveRank());
        assertThat(number(row, "gradient_diversity")).isEqualTo(gradients.gradientDiversity());
        assertThat(number(row, "mean_cosine")).isEqualTo(gradients.meanCosine());
        assertThat(number(row, "smallest_cosine")).isEqualTo(gradients.smallestCosine());
        assertThat(number(row, "top_alignment")).isEqualTo(Double.valueOf(measurement.topAlignment()));
        assertThat(row.size()).isEqualTo(25);
    }

    private static double number(Map<String, String> row, String column) {
        return Double.parseDouble(row.get(column));
    }

    @Test
    void whatIsNoNumberIsWrittenAsJavaReadsIt() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            sink.accept(
                    measurement(0, 0, Double.NaN, Double.POSITIVE_INFINITY, 0, 0),
                    summary(1, Double.NaN, Double.NEGATIVE_INFINITY));
        }
        Map<String, String> row = rows(path).get(0);
        assertThat(row.get("learning_rate")).isEqualTo("NaN");
        assertThat(row.get("loss")).isEqualTo("Infinity");
        assertThat(row.get("condition_number")).isEqualTo("NaN");
        assertThat(row.get("energy")).isEqualTo("NaN");
        assertThat(row.get("average_condition_number")).isEqualTo("NaN");
        assertThat(row.get("cumulative_energy")).isEqualTo("-Infinity");
    }

    @Test
    void theHeaderNamesVersionsThenColumns() throws IOException {
        Path path = folder.resolve("run");
        create(path).close();
        List<String> lines = Files.readAllLines(path);
        assertThat(lines).hasSize(6);
        assertThat(lines.subList(0, 5)).allMatch(line -> line.startsWith("# "));
        assertThat(lines).contains("# java: " + System.getProperty("java.version"));
        assertThat(lines.get(5))
                .isEqualTo("epoch,iteration,batch_size,learning_rate,loss,condition_number,rank,trace,energy,"
                        + "mean_gradient_norm,gradient_norm_median,gradient_norm_max,covariance_trace,noise_scale,norm_test,"
                        + "inner_product_test,orthogonality_test,average_condition_number,cumulative_energy,examples,"
                        + "effective_rank,gradient_diversity,mean_cosine,smallest_cosine,top_alignment");
    }

    @Test
    void appendingKeepsAHeaderWithoutALineEnd() throws IOException {
        Path path = folder.resolve("run");
        create(path).close();
        Files.writeString(path, Files.readString(path).stripTrailing());
        try (FisherSink sink = appending(path)) {
            sink.accept(FIRST, AFTER_FIRST);
        }
        assertThat(iterations(path)).containsExactly(3);
    }
}
