package io.dl4jext.experiments.search;

import io.dl4jext.batch.arbiter.TrainingSpace;
import io.dl4jext.experiments.engine.Evaluator;
import io.dl4jext.experiments.engine.Progress;
import io.dl4jext.experiments.report.FisherPictures;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.experiments.report.TextTable;
import io.dl4jext.fisher.FisherHistory;
import io.dl4jext.fisher.arbiter.SearchLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.deeplearning4j.arbiter.DL4JConfiguration;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.runner.CandidateInfo;
import org.deeplearning4j.arbiter.optimize.runner.CandidateStatus;
import org.deeplearning4j.arbiter.optimize.runner.IOptimizationRunner;
import org.deeplearning4j.arbiter.optimize.runner.listener.BaseStatusListener;
import org.deeplearning4j.arbiter.optimize.runner.listener.StatusListener;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.util.ModelSerializer;

/** The candidates of a search while it runs and at its end, those of runs before a crash included. */
final class SearchReport {

    private static final List<String> SETTINGS = List.of("units", "updater", "rate", "batches");

    private final Path folder;
    private final TrainingSpace<DL4JConfiguration> space;
    private final Path log;

    SearchReport(Path folder, TrainingSpace<DL4JConfiguration> space, Path log) {
        this.folder = folder;
        this.space = space;
        this.log = log;
    }

    /** Where a candidate's measurements are. */
    static Path measurements(Path folder, int candidate) {
        return folder.resolve("candidates").resolve(candidate + ".csv");
    }

    /** How many candidates earlier runs have done. */
    int done() throws IOException {
        return (int) SearchLog.read(log).candidates().stream()
                .filter(entry -> entry.isComplete() || entry.isFailed())
                .count();
    }

    /** Tells of every candidate that is done. */
    StatusListener live(Progress progress) {
        return new BaseStatusListener() {
            @Override
            public void onCandidateStatusChange(
                    CandidateInfo candidate, IOptimizationRunner runner, OptimizationResult result) {
                if (candidate.getCandidateStatus() == CandidateStatus.Complete) {
                    synchronized (progress) {
                        progress.advanced(1);
                        progress.finished("candidate " + candidate.getIndex() + ": score "
                                + Numbers.significant(candidate.getScore()) + ", " + name(candidate.getFlatParams()));
                    }
                }
            }
        };
    }

    private String name(double[] parameters) {
        List<String> settings = settings(parameters);
        return settings.get(0) + " units, " + settings.get(1) + " at " + settings.get(2) + ", batches "
                + settings.get(3);
    }

    /** The values of {@link #SETTINGS}. */
    private List<String> settings(double[] parameters) {
        MultiLayerConfiguration network = space.getValue(parameters).getMultiLayerConfiguration();
        BaseLayer first = (BaseLayer) network.getConf(0).getLayer();
        return List.of(
                String.valueOf(((FeedForwardLayer) first).getNOut()),
                first.getIUpdater().getClass().getSimpleName(),
                Numbers.significant(first.getIUpdater().getLearningRate(0, 0)),
                space.batchSizes(parameters).toString());
    }

    /** The candidates in the plane, the best ringed. */
    void draw(String title) throws IOException {
        Map<String, FisherHistory> histories = new LinkedHashMap<>();
        SearchLog all = SearchLog.read(log);
        for (SearchLog.Entry entry : all.candidates()) {
            Path file = measurements(folder, entry.candidate());
            if (entry.isComplete() && Files.exists(file)) {
                histories.put(String.valueOf(entry.candidate()), FisherHistory.read(file));
            }
        }
        List<String> best = all.best(true).stream()
                .map(entry -> String.valueOf(entry.candidate()))
                .filter(histories::containsKey)
                .collect(Collectors.toList());
        FisherPictures.writeGrid(folder, title, histories, best);
    }

    /** The table, the best first; the best network is tested, and written as JSON. */
    String text(Evaluator test, int examples) throws IOException {
        SearchLog all = SearchLog.read(log);
        TextTable<SearchLog.Entry> table = new TextTable<>(all.candidates().stream()
                        .filter(SearchLog.Entry::isComplete)
                        .sorted(Comparator.comparingDouble(SearchLog.Entry::score))
                        .collect(Collectors.toList()))
                .column("candidate", SearchLog.Entry::candidate)
                .column("score", entry -> Numbers.significant(entry.score()));
        for (int i = 0; i < SETTINGS.size(); i++) {
            int setting = i;
            table.column(SETTINGS.get(i), entry -> settings(entry.parameters()).get(setting));
        }
        long failed =
                all.candidates().stream().filter(SearchLog.Entry::isFailed).count();
        Optional<SearchLog.Entry> best = all.best(true);
        return table
                + (failed == 0 ? "" : "failed: " + Numbers.count(failed, "candidate") + ", see the log\n")
                + (best.isPresent() ? "\n" + best(best.get(), test, examples) : "");
    }

    private String best(SearchLog.Entry best, Evaluator test, int examples) throws IOException {
        Files.writeString(
                folder.resolve("best-network.json"),
                space.getValue(best.parameters()).getMultiLayerConfiguration().toJson());
        Files.writeString(
                folder.resolve("best-batches.json"),
                space.batchSizes(best.parameters()).toJson());
        double accuracy = test.apply(ModelSerializer.restoreMultiLayerNetwork(
                        folder.resolve("models/" + best.candidate() + "/model.bin")
                                .toFile(),
                        false))
                .accuracy;
        return "best: candidate " + best.candidate() + ", " + name(best.parameters()) + "\ntest error "
                + Numbers.percent(1 - accuracy) + " % (of " + examples + " examples that no candidate was scored on)\n";
    }
}
