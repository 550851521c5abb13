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
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class JsonLinesSinkTest extends FileSinkContract {

    @Override
    FisherSink create(Path path) throws IOException {
        return new JsonLinesSink(path);
    }

    @Override
    FisherSink appending(Path path) throws IOException {
        return JsonLinesSink.appending(path);
    }

    @Override
    List<Integer> iterations(Path path) throws IOException {
        List<Integer> iterations = new ArrayList<>();
        for (JsonNode line : measurements(path)) {
            if (!line.has("run") && !line.has("done_again")) {
                iterations.add(line.get("iteration").intValue());
            }
        }
        return iterations;
    }

    private static List<JsonNode> lines(Path path) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(path)) {
            lines.add(mapper.readTree(line));
        }
        return lines;
    }

    private static List<JsonNode> measurements(Path path) throws IOException {
        List<JsonNode> lines = lines(path);
        lines.removeIf(line -> line.has("run") || line.has("cut_off"));
        return lines;
    }

    @Test
    void everyNumberComesBackToTheLastBit() throws IOException {
        List<JsonNode> lines = measurements(written());
        assertLine(lines.get(0), FIRST, AFTER_FIRST);
        assertLine(lines.get(1), SECOND, AFTER_SECOND);
    }

    private static void assertLine(JsonNode line, FisherMeasurement measurement, FisherSummary soFar) {
        assertThat(line.get("epoch").intValue()).isEqualTo(measurement.epoch());
        assertThat(line.get("batch_size").intValue()).isEqualTo(measurement.batchSize());
        assertThat(line.get("rank").intValue()).isEqualTo(measurement.rank());
        assertThat(line.get("learning_rate").doubleValue()).isEqualTo(measurement.learningRate());
        assertThat(line.get("loss").doubleValue()).isEqualTo(measurement.loss());
        assertThat(line.get("condition_number").doubleValue()).isEqualTo(measurement.conditionNumber());
        assertThat(line.get("trace").doubleValue()).isEqualTo(measurement.trace());
        assertThat(line.get("energy").doubleValue()).isEqualTo(measurement.energy());
        assertThat(line.get("mean_gradient_norm").doubleValue()).isEqualTo(measurement.meanGradientNorm());
        assertThat(line.get("average_condition_number").doubleValue()).isEqualTo(soFar.averageConditionNumber());
        assertThat(line.get("cumulative_energy").doubleValue()).isEqualTo(soFar.cumulativeEnergy());
        GradientStatistics gradients = measurement.gradientStatistics();
        // asDouble: of a diagonal matrix with equal entries the noise scale is infinite, a string.
        assertThat(line.get("gradient_norm_median").asDouble()).isEqualTo(gradients.medianGradientNorm());
        assertThat(line.get("gradient_norm_max").asDouble()).isEqualTo(gradients.largestGradientNorm());
        assertThat(line.get("covariance_trace").asDouble()).isEqualTo(gradients.covarianceTrace());
        assertThat(line.get("noise_scale").asDouble()).isEqualTo(gradients.noiseScale());
        assertThat(line.get("norm_test").asDouble()).isEqualTo(gradients.normTest());
        assertThat(line.get("inner_product_test").asDouble()).isEqualTo(gradients.innerProductTest());
        assertThat(line.get("orthogonality_test").asDouble()).isEqualTo(gradients.orthogonalityTest());
        assertThat(line.get("examples").longValue()).isEqualTo(soFar.examples());
        assertThat(array(line.get("gradient_norms"))).containsExactly(gradients.gradientNorms());
        assertThat(array(line.get("eigenvalues"))).containsExactly(measurement.eigenvalues());
        assertThat(line.get("effective_rank").asDouble()).isEqualTo(measurement.effectiveRank());
        assertThat(line.get("gradient_diversity").asDouble()).isEqualTo(gradients.gradientDiversity());
        assertThat(line.get("mean_cosine").asDouble()).isEqualTo(gradients.meanCosine());
        assertThat(line.get("smallest_cosine").asDouble()).isEqualTo(gradients.smallestCosine());
        assertThat(line.get("top_alignment").asDouble()).isEqualTo(Double.valueOf(measurement.topAlignment()));
        assertThat(line.size()).isEqualTo(27);
    }

    private static double[] array(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).doubleValue();
        }
        return values;
    }

    @Test
    void whatIsNoNumberIsAStringThatParsesAsOne() throws IOException {
        Path path = folder.resolve("run");
        try (FisherSink sink = create(path)) {
            sink.accept(
                    measurement(0, 0, Double.NaN, Double.POSITIVE_INFINITY, 1, Double.NaN),
                    summary(1, Double.NaN, Double.NEGATIVE_INFINITY));
        }
        JsonNode line = measurements(path).get(0);
        assertThat(line.get("learning_rate").textValue()).isEqualTo("NaN");
        assertThat(line.get("loss").textValue()).isEqualTo("Infinity");
        assertThat(line.get("cumulative_energy").textValue()).isEqualTo("-Infinity");
        assertThat(line.get("eigenvalues").get(0).textValue()).isEqualTo("NaN");
        assertThat(line.get("learning_rate").asDouble()).isNaN();
        assertThat(line.get("loss").asDouble()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void theFirstLineNamesVersions() throws IOException {
        Path path = folder.resolve("run");
        create(path).close();
        List<JsonNode> lines = lines(path);
        assertThat(lines).hasSize(1);
        JsonNode run = lines.get(0).get("run");
        assertThat(run.fieldNames())
                .toIterable()
                .containsExactly("dl4j-fisher-listener", "deeplearning4j", "nd4j", "nd4j-backend", "java");
        assertThat(run.get("java").textValue()).isEqualTo(System.getProperty("java.version"));
    }

    @Test
    void appendingKeepsALineThatLacksOnlyItsEnd() throws IOException {
        Path path = written();
        Files.writeString(path, Files.readString(path).stripTrailing());
        try (FisherSink sink = appending(path)) {
            sink.accept(measurement(2, 23, 0.1, 1, 1), AFTER_SECOND);
        }
        assertThat(iterations(path)).containsExactly(3, 13, 23);
    }
}
