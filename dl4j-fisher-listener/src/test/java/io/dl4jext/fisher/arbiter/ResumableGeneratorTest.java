package io.dl4jext.fisher.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.ParameterSpace;
import org.deeplearning4j.arbiter.optimize.generator.GeneticSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.GridSearchCandidateGenerator;
import org.deeplearning4j.arbiter.optimize.generator.RandomSearchGenerator;
import org.deeplearning4j.arbiter.optimize.parameter.continuous.ContinuousParameterSpace;
import org.deeplearning4j.arbiter.optimize.parameter.discrete.DiscreteParameterSpace;
import org.deeplearning4j.arbiter.optimize.serde.jackson.JsonMapper;
import org.deeplearning4j.arbiter.scoring.impl.TestSetLossScoreFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.shade.jackson.core.JsonProcessingException;

/** Searches without training: a candidate's score is a function of its parameters. */
class ResumableGeneratorTest {

    private static final int CANDIDATES = 24;

    @TempDir
    Path folder;

    private static ParameterSpace<IUpdater> space() {
        return SettingsSpace.of(IUpdater.class, new Adam())
                .search("learningRate", new ContinuousParameterSpace(0.1, 0.3))
                .search("beta1", new DiscreteParameterSpace<>(0.5, 0.7, 0.9));
    }

    private static CandidateGenerator random() {
        RandomSearchGenerator random = new RandomSearchGenerator(space());
        random.setRngSeed(3);
        return random;
    }

    private static CandidateGenerator grid() {
        return new GridSearchCandidateGenerator(space(), 8, GridSearchCandidateGenerator.Mode.RandomOrder, Map.of());
    }

    private static CandidateGenerator genetic() {
        return GeneticGenerator.of(space(), new TestSetLossScoreFunction());
    }

    static Stream<Supplier<CandidateGenerator>> generators() {
        return Stream.of(ResumableGeneratorTest::random, ResumableGeneratorTest::grid, ResumableGeneratorTest::genetic);
    }

    private static double score(double[] parameters) {
        return Arrays.stream(parameters).sum();
    }

    private static OptimizationResult scored(Candidate<?> candidate) {
        return new OptimizationResult(
                candidate, score(candidate.getFlatParameters()), candidate.getIndex(), null, null, null);
    }

    /**
     * As Arbiter's runner works, two at a time; ends after so many results, as if killed: what is being trained is
     * lost.
     *
     * @return the candidates that were done, by number
     */
    private static Map<Integer, double[]> run(ResumableGenerator candidates, int results, Random random) {
        List<Candidate<?>> queue = new ArrayList<>();
        Map<Integer, double[]> done = new HashMap<>();
        while (true) {
            while (queue.size() < 2 && candidates.hasMoreCandidates()) {
                queue.add(candidates.getCandidate());
            }
            if (queue.isEmpty() || done.size() == results) {
                return done;
            }
            Candidate<?> ready = queue.remove(random.nextInt(queue.size()));
            assertThat(ready.getValue()).isInstanceOf(Adam.class);
            assertThat(done.put(ready.getIndex(), ready.getFlatParameters())).isNull();
            candidates.reportResults(scored(ready));
        }
    }

    @ParameterizedTest
    @MethodSource("generators")
    void killedAnywhereNoCandidateIsLostOrRunTwice(Supplier<CandidateGenerator> generator) throws Exception {
        Path log = folder.resolve("search.jsonl");
        Random random = new Random(1);
        Map<Integer, double[]> all = new HashMap<>();
        for (int life = 0; all.size() < CANDIDATES; life++) {
            ResumableGenerator candidates = ResumableGenerator.of(generator.get(), log, CANDIDATES);
            run(candidates, random.nextInt(5), random)
                    .forEach((number, values) ->
                            assertThat(all.put(number, values)).isNull());
            if (life % 2 == 0) {
                Files.writeString(log, "{\"candidate\":3,\"sta", StandardOpenOption.APPEND, StandardOpenOption.CREATE);
            }
        }
        assertThat(ResumableGenerator.of(generator.get(), log, CANDIDATES).hasMoreCandidates())
                .isFalse();
        List<SearchLog.Entry> written = SearchLog.read(log).candidates();
        assertThat(written).hasSize(CANDIDATES);
        assertThat(all.values().stream().map(Arrays::toString).distinct()).hasSize(CANDIDATES);
        for (SearchLog.Entry entry : written) {
            assertThat(entry.parameters()).isEqualTo(all.get(entry.candidate()));
            assertThat(entry.isComplete()).isTrue();
            assertThat(entry.score()).isEqualTo(score(entry.parameters()));
        }
    }

    /** The same candidates as a search that is not broken off tries, in the same order. */
    @Test
    void aSeededSearchGoesOnAsIfUnbroken() throws Exception {
        Path log = folder.resolve("search.jsonl");
        Random random = new Random(2);
        while (!Files.exists(log)
                || SearchLog.read(log).candidates().stream()
                                .filter(SearchLog.Entry::isComplete)
                                .count()
                        < CANDIDATES) {
            run(ResumableGenerator.of(random(), log, CANDIDATES), 1 + random.nextInt(4), random);
        }
        CandidateGenerator unbroken = random();
        for (SearchLog.Entry entry : SearchLog.read(log).candidates()) {
            Candidate<?> expected = unbroken.getCandidate();
            assertThat(entry.candidate()).isEqualTo(expected.getIndex());
            assertThat(entry.parameters()).isEqualTo(expected.getFlatParameters());
        }
    }

    @Test
    void aGridEndsWhereItIsExhausted() {
        ResumableGenerator grid = ResumableGenerator.of(grid(), folder.resolve("grid.jsonl"), 1000);
        assertThat(run(grid, 1000, new Random(1))).hasSize(24);
        assertThat(grid.hasMoreCandidates()).isFalse();
    }

    /** Genes that a genetic search breeds come from what earlier runs found. */
    @Test
    void aGeneticSearchIsToldEarlierScores() {
        Path log = folder.resolve("genetic.jsonl");
        run(ResumableGenerator.of(genetic(), log, 100), 20, new Random(1));
        GeneticSearchCandidateGenerator again =
                new GeneticSearchCandidateGenerator.Builder(space(), new TestSetLossScoreFunction()).build();
        assertThat(ResumableGenerator.of(again, log, 100).hasMoreCandidates()).isTrue();
        assertThat(again.getPopulationModel().getPopulation()).hasSize(20);
    }

    @Test
    void failedCandidatesAreNotRunAgain() throws Exception {
        Path log = folder.resolve("failed.jsonl");
        ParameterSpace<IUpdater> wrong =
                SettingsSpace.of(IUpdater.class, new Adam()).search("beta1", new DiscreteParameterSpace<>("a", "b"));
        ResumableGenerator candidates = ResumableGenerator.of(new RandomSearchGenerator(wrong), log, 3);
        for (int i = 0; i < 3; i++) {
            assertThat(candidates.getCandidate().getException()).hasMessageContaining("No Adam with");
        }
        assertThat(candidates.hasMoreCandidates()).isFalse();
        assertThat(SearchLog.read(log).candidates()).hasSize(3).allMatch(SearchLog.Entry::isFailed);
        assertThat(SearchLog.read(log).best(true)).isEmpty();
        assertThat(ResumableGenerator.of(new RandomSearchGenerator(wrong), log, 3)
                        .hasMoreCandidates())
                .isFalse();
    }

    @Test
    void theBestIsOfAllRuns() throws Exception {
        Path log = folder.resolve("search.jsonl");
        run(ResumableGenerator.of(random(), log, CANDIDATES), 10, new Random(1));
        run(ResumableGenerator.of(random(), log, CANDIDATES), 100, new Random(1));
        double least = SearchLog.read(log).candidates().stream()
                .mapToDouble(SearchLog.Entry::score)
                .min()
                .getAsDouble();
        assertThat(SearchLog.read(log).best(true).orElseThrow().score()).isEqualTo(least);
        assertThat(SearchLog.read(log).best(false).orElseThrow().score()).isGreaterThan(least);
    }

    @Test
    void readBackFromJsonItGoesOn() throws Exception {
        Path log = folder.resolve("search.jsonl");
        ResumableGenerator first = ResumableGenerator.of(random(), log, CANDIDATES);
        String json = JsonMapper.getMapper().writeValueAsString(first);
        int done = run(first, 10, new Random(1)).size();
        CandidateGenerator read = JsonMapper.getMapper().readValue(json, CandidateGenerator.class);
        read.setRngSeed(3);
        assertThat(read).isInstanceOf(ResumableGenerator.class);
        assertThat(run((ResumableGenerator) read, 100, new Random(1))).hasSize(CANDIDATES - done);
    }

    @Test
    void arbitersGeneticGeneratorCannotBeJson() {
        CandidateGenerator arbiters =
                new GeneticSearchCandidateGenerator.Builder(space(), new TestSetLossScoreFunction()).build();
        assertThatThrownBy(() -> JsonMapper.getMapper()
                        .readValue(JsonMapper.getMapper().writeValueAsString(arbiters), CandidateGenerator.class))
                .isInstanceOf(JsonProcessingException.class);
    }

    /** The same seed, or the same JSON, the same candidates, also when they are bred. */
    @Test
    void aSeededGeneticSearchIsRepeated() throws Exception {
        ContinuousParameterSpace rate = new ContinuousParameterSpace(0.1, 0.3);
        ParameterSpace<IUpdater> shared = ChoiceSpace.of(
                SettingsSpace.of(IUpdater.class, new Adam()).search("learningRate", rate),
                SettingsSpace.of(IUpdater.class, new Sgd()).search("learningRate", rate));
        GeneticGenerator first = GeneticGenerator.of(shared, new TestSetLossScoreFunction());
        CandidateGenerator read = JsonMapper.getMapper()
                .readValue(JsonMapper.getMapper().writeValueAsString(first), CandidateGenerator.class);
        CandidateGenerator other = GeneticGenerator.of(shared, new TestSetLossScoreFunction());
        first.setRngSeed(5);
        read.setRngSeed(5);
        other.setRngSeed(6);
        int different = 0;
        for (int i = 0; i < 60; i++) {
            Candidate<?> expected = first.getCandidate();
            Candidate<?> actual = read.getCandidate();
            assertThat(actual.getFlatParameters()).isEqualTo(expected.getFlatParameters());
            assertThat(actual.getValue()).isEqualTo(expected.getValue());
            different += Arrays.equals(other.getCandidate().getFlatParameters(), expected.getFlatParameters()) ? 0 : 1;
            first.reportResults(scored(expected));
            read.reportResults(scored(actual));
        }
        assertThat(different).isGreaterThan(50);
    }

    @Test
    void theLogOfAnotherSearchIsRefused() {
        Path log = folder.resolve("search.jsonl");
        run(ResumableGenerator.of(random(), log, CANDIDATES), 3, new Random(1));
        ParameterSpace<IUpdater> other = SettingsSpace.of(IUpdater.class, new Adam())
                .search("learningRate", new ContinuousParameterSpace(0.1, 0.3));
        assertThatThrownBy(() -> ResumableGenerator.of(new RandomSearchGenerator(other), log, CANDIDATES)
                        .hasMoreCandidates())
                .hasMessageContaining("is of a search over another space");
        ParameterSpace<IUpdater> asMany = SettingsSpace.of(IUpdater.class, new Adam())
                .search("learningRate", new ContinuousParameterSpace(0.1, 0.4))
                .search("beta1", new DiscreteParameterSpace<>(0.5, 0.7, 0.9));
        assertThatThrownBy(() -> ResumableGenerator.of(new RandomSearchGenerator(asMany), log, CANDIDATES)
                        .hasMoreCandidates())
                .hasMessageContaining("is of a search over another space");
    }

    @Test
    void aFileThatIsNoLogIsRefusedWithTheLine() throws Exception {
        Path log = folder.resolve("other.jsonl");
        for (String line : List.of(
                "{\"iteration\":1}",
                "{\"candidate\":5,\"status\":\"Complete\"}",
                "1;2",
                "[]",
                "{}",
                "{\"candidate\":0}",
                "{\"candidate\":1,\"parameters\":null}",
                "{\"candidate\":1,\"parameters\":[\"a\"]}",
                "{\"candidate\":2147483647,\"parameters\":[0.1,0.2]}",
                "{\"candidate\":-1,\"parameters\":[0.1,0.2]}",
                "{\"candidate\":0,\"status\":\"Complete\",\"score\":\"x\"}",
                "\u0000\u0001")) {
            Files.writeString(log, "{\"candidate\":0,\"parameters\":[0.1,0.2]}\n" + line + "\n");
            assertThatThrownBy(() ->
                            ResumableGenerator.of(random(), log, CANDIDATES).hasMoreCandidates())
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("other.jsonl, line 2");
        }
    }

    @Test
    void aFolderIsNoLog() {
        assertThatThrownBy(() -> SearchLog.read(folder))
                .hasMessageContaining("Cannot read the log of a search, " + folder);
    }

    @Test
    void aSpaceOfOnePointHasOneCandidate() {
        CandidateGenerator point = new RandomSearchGenerator(SettingsSpace.of(IUpdater.class, new Adam()));
        assertThat(run(ResumableGenerator.of(point, folder.resolve("point.jsonl"), 10), 10, new Random(1)))
                .hasSize(1);
    }

    @Test
    void settingsAreChecked() {
        Path log = folder.resolve("search.jsonl");
        assertThatThrownBy(() -> ResumableGenerator.of(null, log, 3)).hasMessageContaining("Expected a generator");
        assertThatThrownBy(() -> ResumableGenerator.of(random(), null, 3)).hasMessageContaining("and null");
        assertThatThrownBy(() -> ResumableGenerator.of(random(), log, 0)).hasMessageContaining("candidates > 0, got 0");
    }
}
