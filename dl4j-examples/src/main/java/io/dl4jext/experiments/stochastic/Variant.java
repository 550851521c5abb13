package io.dl4jext.experiments.stochastic;

import io.dl4jext.acceleratedsgd.AcceleratedSgd;
import io.dl4jext.dropout.DepthDropout;
import io.dl4jext.entropysgd.EntropySgd;
import io.dl4jext.experiments.command.EnumName;
import io.dl4jext.experiments.data.ImageSet;
import io.dl4jext.experiments.network.Architecture;
import io.dl4jext.experiments.network.ClassicalSgd;
import io.dl4jext.experiments.report.Numbers;
import io.dl4jext.stochastic.GradientMagnitude;
import io.dl4jext.stochastic.StochasticBatch;
import java.util.function.DoubleFunction;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.dropout.Dropout;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/** A method with the settings of its own. Immutable. */
final class Variant {

    /** The dropout rate of the paper. */
    private static final double RETAINED = 0.5;

    /** Inner steps of Entropy-SGD for each outer one, as in the paper. */
    private static final int INNER_STEPS = 5;

    /**
     * Entropy-SGD's outer rate in units of the learning rate, which is its inner one: 1 at 0.1, as its authors' code
     * has it.
     */
    private static final double OUTER_RATE = 10;

    private final Method method;
    private final String name;
    private final double alpha;
    private final double lambda;

    private Variant(Method method, String name, double alpha, double lambda) {
        this.method = method;
        this.name = name;
        this.alpha = alpha;
        this.lambda = lambda;
    }

    /** With these α and λ where its batch size is stochastic. */
    static Variant of(Method method, double alpha, double lambda) {
        return new Variant(method, EnumName.typed(method), alpha, lambda);
    }

    /** Stochastic batch size, named after α and λ. */
    static Variant swept(Method method, double alpha, double lambda) {
        return new Variant(method, nameOf(alpha, lambda), alpha, lambda);
    }

    static String nameOf(double alpha, double lambda) {
        return "a=" + Numbers.plain(alpha) + ",l=" + Numbers.plain(lambda);
    }

    String name() {
        return name;
    }

    boolean isStochasticBatch() {
        return method.isStochasticBatch();
    }

    /** Whether all parameters are updated with probability one half: what is left without the adaptive part. */
    boolean isHalf() {
        return isStochasticBatch() && (method == Method.STOCHASTIC_BATCH_HALF || alpha == 0 && lambda == 0);
    }

    /** Whether it has these α and λ for its stochastic batch size. */
    boolean has(double someAlpha, double someLambda) {
        return isStochasticBatch() && alpha == someAlpha && lambda == someLambda;
    }

    /** An epoch has a multiple of so many iterations: between them, Entropy-SGD's network is not the one to test. */
    int stride() {
        return method == Method.ENTROPY_SGD ? INNER_STEPS : 1;
    }

    /** Whether its updater is a {@link StochasticBatch}. */
    boolean isStochastic(double momentum) {
        boolean sgd = method == Method.SGD || method == Method.DROPOUT || method == Method.DEPTH_DROPOUT;
        return isStochasticBatch() || sgd && momentum > 0;
    }

    /**
     * A new network.
     *
     * @param rate the learning rate times a factor, which is given
     * @param first the learning rate of the first epoch
     */
    Model network(
            Architecture architecture,
            ImageSet data,
            double momentum,
            DoubleFunction<ISchedule> rate,
            double first,
            long seed) {
        Model network = architecture.create(data, updater(momentum, rate, first, seed), seed);
        if (method != Method.DROPOUT && method != Method.DEPTH_DROPOUT) {
            return network;
        }
        Model dropping = network instanceof ComputationGraph
                ? new ComputationGraph(withDropout(((ComputationGraph) network).getConfiguration()))
                : new MultiLayerNetwork(withDropout(((MultiLayerNetwork) network).getLayerWiseConfigurations()));
        dropping.init();
        return dropping;
    }

    private IUpdater updater(double momentum, DoubleFunction<ISchedule> rate, double first, long seed) {
        switch (method) {
            case STOCHASTIC_BATCH:
            case STOCHASTIC_BATCH_HALF:
            case STOCHASTIC_BATCH_UNWEIGHTED:
            case STOCHASTIC_BATCH_MEAN_WEIGHTED:
            case STOCHASTIC_BATCH_WEIGHTED:
                return StochasticBatch.builder()
                        .learningRateSchedule(rate.apply(1))
                        .momentum(momentum)
                        .alpha(method == Method.STOCHASTIC_BATCH_HALF ? 0 : alpha)
                        .lambda(method == Method.STOCHASTIC_BATCH_HALF ? 0 : lambda)
                        .weightGroupsBySize(method == Method.STOCHASTIC_BATCH_MEAN_WEIGHTED
                                || method == Method.STOCHASTIC_BATCH_WEIGHTED)
                        .probabilityFrom(magnitude())
                        .seed(seed)
                        .build();
            case ENTROPY_SGD:
                return EntropySgd.builder()
                        .learningRateSchedule(rate.apply(OUTER_RATE))
                        .innerRate(first)
                        .innerSteps(INNER_STEPS)
                        .seed(seed)
                        .build();
            case ACCELERATED_SGD:
                return AcceleratedSgd.builder()
                        .learningRateSchedule(rate.apply(1))
                        .build();
            default:
                return ClassicalSgd.updater(rate.apply(1), momentum);
        }
    }

    private GradientMagnitude magnitude() {
        return method == Method.STOCHASTIC_BATCH_UNWEIGHTED || method == Method.STOCHASTIC_BATCH_WEIGHTED
                ? GradientMagnitude.MINI_BATCH
                : GradientMagnitude.RUNNING_MEAN;
    }

    private MultiLayerConfiguration withDropout(MultiLayerConfiguration plain) {
        if (method == Method.DEPTH_DROPOUT) {
            return DepthDropout.apply(plain, RETAINED);
        }
        MultiLayerConfiguration copy = MultiLayerConfiguration.fromJson(plain.toJson());
        for (int i = 1; i < copy.getConfs().size(); i++) {
            dropInput(copy.getConf(i).getLayer());
        }
        return copy;
    }

    private ComputationGraphConfiguration withDropout(ComputationGraphConfiguration plain) {
        if (method == Method.DEPTH_DROPOUT) {
            return DepthDropout.apply(plain, RETAINED);
        }
        ComputationGraphConfiguration copy = ComputationGraphConfiguration.fromJson(plain.toJson());
        for (GraphVertex vertex : copy.getVertices().values()) {
            if (vertex instanceof LayerVertex) {
                dropInput(((LayerVertex) vertex).getLayerConf().getLayer());
            }
        }
        return copy;
    }

    private static void dropInput(Layer layer) {
        if (layer instanceof DenseLayer || layer instanceof OutputLayer) {
            layer.setIDropout(new Dropout(RETAINED));
        }
    }
}
