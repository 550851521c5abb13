package io.dl4jext.fisher.arbiter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.deeplearning4j.arbiter.GraphConfiguration;
import org.deeplearning4j.arbiter.optimize.api.Candidate;
import org.deeplearning4j.arbiter.optimize.api.CandidateGenerator;
import org.deeplearning4j.arbiter.optimize.api.OptimizationResult;
import org.deeplearning4j.arbiter.optimize.api.TaskCreator;
import org.deeplearning4j.arbiter.optimize.api.data.DataProvider;
import org.deeplearning4j.arbiter.optimize.api.data.DataSource;
import org.deeplearning4j.arbiter.optimize.api.evaluation.ModelEvaluator;
import org.deeplearning4j.arbiter.optimize.api.score.ScoreFunction;
import org.deeplearning4j.arbiter.optimize.runner.CandidateInfo;
import org.deeplearning4j.arbiter.optimize.runner.IOptimizationRunner;
import org.deeplearning4j.arbiter.optimize.runner.listener.BaseStatusListener;
import org.deeplearning4j.arbiter.optimize.runner.listener.StatusListener;
import org.deeplearning4j.arbiter.task.ComputationGraphTaskCreator;
import org.deeplearning4j.arbiter.task.MultiLayerNetworkTaskCreator;
import org.deeplearning4j.arbiter.task.TaskListener;

/**
 * Arbiter's own task creators, with any number of listeners to a candidate, each of which may also take part in what
 * data the candidate is trained on.
 *
 * <pre>{@code
 * new LocalOptimizationRunner(2, configuration, new CandidateTaskCreator(
 *         FisherCandidates.measuredBy(candidate -> FisherListener.builder().everyIterations(10)),
 *         new BatchCandidates()));
 * }</pre>
 *
 * <p>Networks of both kinds; training, early stopping, scoring and saving are Arbiter's. A score function finds the
 * listeners of the training in {@code model.getListeners()}, also where early stopping hands it a saved copy of the
 * best network, which has none. What a {@link ResumableGenerator} must know of failed candidates, it is told.
 */
public final class CandidateTaskCreator implements TaskCreator {

    private final ModelEvaluator evaluator;
    private final List<TaskListener> listeners;

    /** @param listeners called in this order before a training, in the opposite one after it */
    public CandidateTaskCreator(TaskListener... listeners) {
        this(null, listeners);
    }

    /**
     * @param evaluator for {@code OptimizationResult.getModelSpecificResults()} after early stopping, or null
     * @param listeners called in this order before a training, in the opposite one after it
     */
    public CandidateTaskCreator(ModelEvaluator evaluator, TaskListener... listeners) {
        this.evaluator = evaluator;
        this.listeners = List.of(listeners);
    }

    @Override
    @SuppressWarnings("rawtypes")
    public Callable<OptimizationResult> create(
            Candidate candidate,
            Class<? extends DataSource> dataSource,
            Properties dataSourceProperties,
            ScoreFunction scoreFunction,
            List<StatusListener> statusListeners,
            IOptimizationRunner runner) {
        SourceData source = new SourceData(dataSource, dataSourceProperties);
        return create(candidate, source, new SourceScore(scoreFunction, source), statusListeners, runner);
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Callable<OptimizationResult> create(
            Candidate candidate,
            DataProvider dataProvider,
            ScoreFunction scoreFunction,
            List<StatusListener> statusListeners,
            IOptimizationRunner runner) {
        CandidateGenerator generator = runner.getConfiguration().getCandidateGenerator();
        CandidateRun run =
                new CandidateRun(candidate, listeners, generator.getParameterSpace(), dataProvider, scoreFunction);
        TaskCreator creator = candidate.getValue() instanceof GraphConfiguration
                ? new ComputationGraphTaskCreator(evaluator, run)
                : new MultiLayerNetworkTaskCreator(evaluator, run);
        if (!(generator instanceof ResumableGenerator)) {
            return ended(run, creator.create(candidate, run, run, statusListeners, runner));
        }
        ResumableGenerator written = (ResumableGenerator) generator;
        List<StatusListener> told = new ArrayList<>(List.of(new Writing(written)));
        told.addAll(statusListeners == null ? List.of() : statusListeners);
        Callable<OptimizationResult> task = ended(run, creator.create(candidate, run, run, told, runner));
        return () -> {
            OptimizationResult result = task.call();
            written.finished(result); // one that failed: no listener is told of it
            return result;
        };
    }

    private static Callable<OptimizationResult> ended(CandidateRun run, Callable<OptimizationResult> task) {
        return () -> {
            try {
                return task.call();
            } finally {
                run.end();
            }
        };
    }

    /**
     * Writes a candidate down as soon as its network is saved; Arbiter's task then sleeps, and may be killed meanwhile.
     */
    private static final class Writing extends BaseStatusListener {

        private final ResumableGenerator candidates;

        Writing(ResumableGenerator candidates) {
            this.candidates = candidates;
        }

        @Override
        public void onCandidateStatusChange(
                CandidateInfo candidate, IOptimizationRunner runner, OptimizationResult result) {
            if (result != null) {
                candidates.finished(result);
            }
        }
    }

    /** A data source's data, made anew whenever they are asked for, as Arbiter does it. */
    private static final class SourceData implements DataProvider {

        private static final long serialVersionUID = 1L;

        private final Class<? extends DataSource> type;
        private final Properties properties;

        SourceData(Class<? extends DataSource> type, Properties properties) {
            this.type = type;
            this.properties = properties;
        }

        private DataSource source() {
            try {
                DataSource source = type.getDeclaredConstructor().newInstance();
                if (properties != null) {
                    source.configure(properties);
                }
                return source;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(
                        "Expected a data source with a public constructor without arguments, got " + type.getName(), e);
            }
        }

        @Override
        public Object trainData(Map<String, Object> dataParameters) {
            return source().trainData();
        }

        @Override
        public Object testData(Map<String, Object> dataParameters) {
            return source().testData();
        }

        @Override
        public Class<?> getDataType() {
            return source().getDataType();
        }
    }

    /** The user's score function, which is to see the user's data source. */
    private static final class SourceScore extends WrappedScore {

        private static final long serialVersionUID = 1L;

        private final SourceData source;

        SourceScore(ScoreFunction score, SourceData source) {
            super(score);
            this.source = source;
        }

        @Override
        public double score(Object model, DataProvider dataProvider, Map<String, Object> dataParameters) {
            return score.score(model, source.type, source.properties);
        }
    }
}
