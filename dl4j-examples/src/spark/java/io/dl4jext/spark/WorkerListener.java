package io.dl4jext.spark;

import java.io.Serializable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A listener for each worker of a Spark training. DL4J's masters send the listeners they are given to the workers,
 * which listeners with a state and a network of their own cannot follow. This one goes instead, with the way to make
 * them, and makes one where it arrives, for each network that calls it there.
 *
 * <pre>{@code
 * spark.setListeners(new WorkerListener(StochasticBatchListener::new));
 * }</pre>
 *
 * <p>With parameter averaging every worker's network lives for one round, from one averaging to the next, and so does
 * what is made here.
 */
public final class WorkerListener implements TrainingListener, Serializable {

    private static final long serialVersionUID = 1L;

    /** Makes a listener on a worker; a lambda that captures nothing but what Java can serialise. */
    @FunctionalInterface
    public interface Maker extends Supplier<TrainingListener>, Serializable {}

    private final Maker maker;

    /** Of the networks themselves: DL4J's are equal when their parameters are. */
    private transient Map<Model, TrainingListener> made;

    public WorkerListener(Maker maker) {
        this.maker = maker;
    }

    private synchronized TrainingListener of(Model model) {
        if (made == null) {
            made = new IdentityHashMap<>();
        }
        return made.computeIfAbsent(model, network -> maker.get());
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
        of(model).iterationDone(model, iteration, epoch);
    }

    @Override
    public void onEpochStart(Model model) {
        of(model).onEpochStart(model);
    }

    @Override
    public void onEpochEnd(Model model) {
        of(model).onEpochEnd(model);
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
        of(model).onForwardPass(model, activations);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
        of(model).onForwardPass(model, activations);
    }

    @Override
    public void onGradientCalculation(Model model) {
        of(model).onGradientCalculation(model);
    }

    @Override
    public void onBackwardPass(Model model) {
        of(model).onBackwardPass(model);
    }
}
