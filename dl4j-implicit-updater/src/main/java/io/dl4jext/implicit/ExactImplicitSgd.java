package io.dl4jext.implicit;

import io.dl4jext.updater.internal.network.Network;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.FrozenVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Exact implicit SGD for a whole network: the yardstick of the layer-wise approximation, 100 times as slow. One step
 * solves
 *
 * <pre>    θ ← argmin_u  ℓ(u) + μ/2·‖u‖² + ‖u − θ‖²/(2η)                                  (eq. 1, divided by 2η)</pre>
 *
 * for the mean loss ℓ of a batch by gradient descent from u = θ; as in the paper's section 5, 100 inner steps at the
 * rate η/10 by default. The inner descent itself needs an inner rate below 2/(L + 1/η), L the largest curvature of ℓ +
 * μ/2·‖·‖².
 *
 * <p>ℓ is the data loss: the network's updaters, gradient normalisation, constraints and l1/l2 terms play no part. What
 * only pretraining trains, and layers below a FrozenLayer, stay. Frozen layers, whatever they are, stay, and exclude μ
 * &gt; 0. Graphs whose outputs have different numbers of rows are refused. Other layers of batch normalisation and of
 * center loss (whose averages and centres are updates disguised as gradients), active implicit layers (whose gradient
 * views hold implied gradients), also within wrappers, and frozen vertices (whose gradients are not 0) are refused.
 * With dropout every inner step draws its own mask. Time series are taken whole, also in networks with truncated
 * backpropagation, and from no state; the state that {@code rnnTimeStep} has left in the network stays.
 *
 * <p>To the network's listeners a step is one iteration of DL4J, in its order: forward and backward pass (those of the
 * first inner step, at θ), {@code onGradientCalculation}, and after the descent {@code iterationDone} with the loss
 * before the step as score, and θ − u as gradient; then the iteration count grows by one. The other inner steps they do
 * not see. {@code fit} takes a whole epoch, with the epoch's events and count. The learning rate that a listener reads
 * from the network is that of its own updater, which plays no part. If the step itself fails, θ is put back; what a
 * listener throws in {@code iterationDone} leaves the step made and the iteration uncounted.
 *
 * <pre>{@code
 * ExactImplicitSgd exact = new ExactImplicitSgd(0.5);
 * for (int epoch = 0; epoch < 5; epoch++) {
 *     exact.fit(network, iterator);
 * }
 * }</pre>
 */
public final class ExactImplicitSgd {

    /** The paper's number of inner steps. */
    public static final int DEFAULT_INNER_STEPS = 100;

    /** The paper's inner rate as a part of η. */
    public static final double DEFAULT_INNER_RATIO = 0.1;

    private static final String CALLER = "ExactImplicitSgd";

    private final double learningRate;
    private final double mu;
    private final int innerSteps;
    private final double innerRatio;

    /** With the paper's inner steps and μ = 0. */
    public ExactImplicitSgd(double learningRate) {
        this(learningRate, 0, DEFAULT_INNER_STEPS, DEFAULT_INNER_RATIO);
    }

    /**
     * @param learningRate η, 0 &lt; η &lt; ∞
     * @param mu the ridge μ, 0 ≤ μ &lt; ∞
     * @param innerSteps gradient steps, at least 1
     * @param innerRatio inner rate divided by η, 0 &lt; ratio &lt; 2
     * @throws IllegalArgumentException if a value is out of its range
     */
    public ExactImplicitSgd(double learningRate, double mu, int innerSteps, double innerRatio) {
        if (!(learningRate > 0 && learningRate < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("Expected 0 < learningRate < ∞, got " + learningRate);
        }
        if (innerSteps < 1) {
            throw new IllegalArgumentException("Expected innerSteps ≥ 1, got " + innerSteps);
        }
        if (!(innerRatio > 0 && innerRatio < 2)) {
            throw new IllegalArgumentException("Expected 0 < innerRatio < 2, got " + innerRatio);
        }
        this.learningRate = learningRate;
        this.mu = ImplicitSgd.checked("mu", mu);
        this.innerSteps = innerSteps;
        this.innerRatio = innerRatio;
    }

    /**
     * One epoch: a step on each batch, after a reset of the iterator if it is at its end.
     *
     * @throws IllegalArgumentException if network, iterator or a batch is null or incomplete, or has layers named above
     */
    public void fit(MultiLayerNetwork network, DataSetIterator iterator) {
        epoch(of(network), iterator, () -> iterator.resetSupported(), () -> iterator.reset(), batch -> {
            step(network, batch);
        });
        network.incrementEpochCount();
    }

    /** One epoch; see {@link #fit(MultiLayerNetwork, DataSetIterator)}. */
    public void fit(ComputationGraph network, DataSetIterator iterator) {
        epoch(of(network), iterator, () -> iterator.resetSupported(), () -> iterator.reset(), batch -> {
            step(network, batch.toMultiDataSet());
        });
        network.incrementEpochCount();
    }

    /** One epoch; see {@link #fit(MultiLayerNetwork, DataSetIterator)}. */
    public void fit(ComputationGraph network, MultiDataSetIterator iterator) {
        epoch(of(network), iterator, () -> iterator.resetSupported(), () -> iterator.reset(), batch -> {
            step(network, batch);
        });
        network.incrementEpochCount();
    }

    private <B> void epoch(
            Network network, Iterator<B> batches, BooleanSupplier resets, Runnable reset, Consumer<B> step) {
        if (batches == null) {
            throw new IllegalArgumentException(CALLER + ": expected an iterator, got null");
        }
        network.listeners().forEach(listener -> listener.onEpochStart(network.model()));
        if (resets.getAsBoolean() && !batches.hasNext()) {
            reset.run();
        }
        while (batches.hasNext()) {
            step.accept(batches.next());
        }
        network.listeners().forEach(listener -> listener.onEpochEnd(network.model()));
    }

    /**
     * One step on one batch; the network's iteration count grows by one.
     *
     * @return the batch's mean loss before the step, with the regularisation terms that DL4J adds
     * @throws IllegalArgumentException if the network or the batch is null or incomplete, or has layers named above
     */
    public double step(MultiLayerNetwork network, DataSet data) {
        Network trained = of(network);
        return step(trained, data == null ? null : data.toMultiDataSet());
    }

    /** One step on one batch; see {@link #step(MultiLayerNetwork, DataSet)}. */
    public double step(ComputationGraph network, MultiDataSet data) {
        return step(of(network), data);
    }

    private Network of(Model model) {
        Network network = Network.ready(model, CALLER);
        check(network);
        return network;
    }

    private double step(Network network, MultiDataSet data) {
        Network.complete(data, CALLER);
        network.divisor(data);
        Model model = network.model();
        List<TrainingListener> listeners = network.listeners();
        INDArray parameters = model.params();
        INDArray start;
        INDArray shrunk;
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            start = parameters.dup();
            shrunk = parameters.ulike();
        }
        boolean done = false;
        try {
            network.pass(data);
            double score = model.score();
            listeners.forEach(listener -> listener.onGradientCalculation(model));
            descend(network, data, start, shrunk);
            model.setListeners(new ArrayList<>());
            for (int inner = 1; inner < innerSteps; inner++) {
                network.clear();
                network.pass(data);
                descend(network, data, start, shrunk);
            }
            model.setListeners(listeners);
            network.setScore(score);
            gradient(model).assign(start).subi(parameters);
            done = true;
            listeners.forEach(listener -> listener.iterationDone(model, network.iteration(), network.epoch()));
            network.setIteration(network.iteration() + 1);
            return score;
        } finally {
            network.clear();
            if (!done) {
                model.setListeners(listeners);
                parameters.assign(start);
            }
            start.close();
            shrunk.close();
        }
    }

    /**
     * u ← u − s·(∇ℓ(u) + μu + (u − θ)/η) with s = ratio·η. In arrays that are there already, the gradient in what the
     * next pass writes anew: Java's collector does not see the native memory that new ones would take. Pretraining
     * parameters, as those of a decoder, are no part of ℓ, and stay.
     */
    private void descend(Network network, MultiDataSet data, INDArray start, INDArray shrunk) {
        INDArray parameters = network.model().params();
        INDArray step = gradient(network.model()).divi(network.divisor(data)).muli(learningRate);
        step.addi(parameters.mul(learningRate * mu + 1, shrunk)).subi(start);
        if (mu > 0) {
            clearPretraining(network, step.reshape(step.length()));
        }
        parameters.subi(step.muli(innerRatio));
    }

    private static void clearPretraining(Network network, INDArray step) {
        long from = 0;
        for (Trainable layer : network.trainables()) {
            for (Map.Entry<String, INDArray> tensor : layer.paramTable(false).entrySet()) {
                long to = from + tensor.getValue().length();
                if (layer.getConfig().isPretrainParam(tensor.getKey())) {
                    step.get(NDArrayIndex.interval(from, to)).assign(0);
                }
                from = to;
            }
        }
    }

    /** The network's own array, in the shape of its parameters. */
    private static INDArray gradient(Model model) {
        return model.gradient().gradient().reshape(model.params().shape());
    }

    private void check(Network network) {
        for (Trainable part : network.trainables()) {
            if (part instanceof FrozenVertex) {
                throw new IllegalArgumentException(
                        "Expected no frozen vertices (DL4J freezes them by their updater, which plays no part here), got "
                                + LayerSettings.where(
                                        ((GraphVertex) part).getVertexName(), ((GraphVertex) part).getVertexIndex()));
            }
            Layer layer = part instanceof GraphVertex ? ((GraphVertex) part).getLayer() : (Layer) part;
            if (layer == null) {
                continue;
            }
            org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
            if (!Network.isFrozen(layer)) {
                check(settings, layer.getIndex());
            } else if (mu > 0) {
                throw new IllegalArgumentException(
                        "Expected no frozen layers with mu = " + mu + " (it would shrink them), got "
                                + LayerSettings.where(settings.getLayerName(), layer.getIndex()));
            }
        }
    }

    private static void check(org.deeplearning4j.nn.conf.layers.Layer settings, int index) {
        if (settings instanceof Bidirectional) {
            check(((Bidirectional) settings).getFwd(), index);
            check(((Bidirectional) settings).getBwd(), index);
            return;
        }
        if (settings instanceof BaseWrapperLayer) {
            check(((BaseWrapperLayer) settings).getUnderlying(), index);
            return;
        }
        boolean implicit = settings instanceof BaseLayer
                && LayerSettings.implicitUpdater((BaseLayer) settings) != null
                && Arrays.asList(ImplicitDenseLayer.class, ImplicitOutputLayer.class, ImplicitSimpleRnn.class)
                        .contains(settings.getClass());
        boolean moving = settings instanceof BatchNormalization || settings instanceof CenterLossOutputLayer;
        if (implicit || moving) {
            throw new IllegalArgumentException("Expected layers whose gradient views hold gradients of the loss, got "
                    + settings.getClass().getSimpleName() + " "
                    + LayerSettings.where(settings.getLayerName(), index)
                    + (implicit ? " with ImplicitSgd" : ""));
        }
    }
}
