package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.Network;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.FrozenLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A copy of a network for passes over one mini-batch, forward and backward in training mode: the network itself stays
 * as it is, and so do ND4J's random numbers. Takes memory for another set of parameters and gradients until it is
 * closed.
 */
final class NetworkCopy implements AutoCloseable {

    /** DL4J's own workspace of activations. */
    private static final String ACTIVATIONS = "WS_ALL_LAYERS_ACT";

    private final Batch batch;
    private final Model copy;

    NetworkCopy(Batch batch) {
        this.batch = batch;
        this.copy = batch.model() instanceof MultiLayerNetwork
                ? copyOf((MultiLayerNetwork) batch.model())
                : copyOf((ComputationGraph) batch.model());
    }

    /** Not {@code network.clone()}: that makes two states of the updater besides, for which there is no use here. */
    private static MultiLayerNetwork copyOf(MultiLayerNetwork network) {
        MemoryWorkspace open = Nd4j.getMemoryManager().getCurrentWorkspace();
        if (open != null && open.getId().equals(ACTIVATIONS)) {
            throw new IllegalStateException(
                    "Expected to be called between the passes of a MultiLayerNetwork, or after its"
                            + " backward pass, got a call within one: a second pass would overwrite its activations. In place of"
                            + " onForwardPass use onBackwardPass or iterationDone");
        }
        MultiLayerNetwork copy =
                new MultiLayerNetwork(network.getLayerWiseConfigurations().clone());
        copy.init(network.params().dup(), false);
        Layer[] layers = copy.getLayers();
        for (int i = 0; i < layers.length; i++) {
            if (network.getLayer(i) instanceof FrozenLayer && !(layers[i] instanceof FrozenLayer)) {
                layers[i] = new FrozenLayer(layers[i]);
            }
        }
        copy.setLayers(layers);
        return copy;
    }

    /**
     * Not {@code graph.clone()}: that shares the list of listeners with its original and, like its configuration's
     * clone, forgets how far training has come (DL4J 1.0.0-beta7 to -M2.1).
     */
    private static ComputationGraph copyOf(ComputationGraph graph) {
        ComputationGraphConfiguration configuration = graph.getConfiguration().clone();
        configuration.setIterationCount(graph.getConfiguration().getIterationCount());
        configuration.setEpochCount(graph.getConfiguration().getEpochCount());
        // By which the parameters lie, whatever order of these vertices DL4J would find anew.
        configuration.setTopologicalOrder(graph.getConfiguration().getTopologicalOrder());
        configuration.setTopologicalOrderStr(graph.getConfiguration().getTopologicalOrderStr());
        if (Nd4j.getWorkspaceManager().checkIfWorkspaceExistsAndActive(ACTIVATIONS)) {
            // Within another network's pass: its workspace would be closed.
            configuration.setTrainingWorkspaceMode(WorkspaceMode.NONE);
        }
        ComputationGraph copy = new ComputationGraph(configuration);
        copy.init(graph.params().dup(), false);
        for (Layer layer : graph.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            if (layer instanceof FrozenLayer && !(copy.getLayer(name) instanceof FrozenLayer)) {
                copy.getVertex(name).setLayerAsFrozen();
            }
        }
        return copy;
    }

    /**
     * One forward and backward pass.
     *
     * @param random where the random numbers begin
     */
    void pass(RandomState random, TrainingListener listener) {
        RandomState before = RandomState.present();
        random.restore();
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            copy.setListeners(listener);
            // DL4J 1.0.0-M2.1's convolutions keep their noisy weights where oneDNN takes the backward pass.
            for (Layer layer : Network.of(copy).layers()) {
                layer.clearNoiseWeightParams();
                clearState(layer);
            }
            if (copy instanceof MultiLayerNetwork) {
                pass((MultiLayerNetwork) copy);
            } else {
                pass((ComputationGraph) copy);
            }
        } finally {
            before.restore();
        }
    }

    /** What DL4J's {@code rnnClearPreviousState()} does, and it leaves out the layers inside wrappers of a graph. */
    private static void clearState(Layer layer) {
        if (layer instanceof BaseWrapperLayer) {
            clearState(((BaseWrapperLayer) layer).getUnderlying());
        } else if (layer instanceof RecurrentLayer) {
            ((RecurrentLayer) layer).rnnClearPreviousState();
        }
    }

    private void pass(MultiLayerNetwork network) {
        network.setInput(batch.features[0]);
        network.setLabels(batch.labels[0]);
        network.setLayerMaskArrays(batch.featuresMasks[0], batch.labelsMasks[0]);
        network.computeGradientAndScore();
    }

    private void pass(ComputationGraph graph) {
        graph.setInputs(batch.features);
        graph.setLabels(batch.labels);
        graph.setLayerMaskArrays(batch.featuresMasks, batch.labelsMasks);
        graph.computeGradientAndScore();
    }

    /** The layers with a loss. */
    List<Layer> outputs() {
        if (copy instanceof MultiLayerNetwork) {
            return List.of(((MultiLayerNetwork) copy).getOutputLayer());
        }
        return outputNames().stream().map(((ComputationGraph) copy)::getLayer).collect(Collectors.toList());
    }

    /** Those of a graph have names. */
    List<String> outputNames() {
        return copy instanceof ComputationGraph
                ? ((ComputationGraph) copy).getConfiguration().getNetworkOutputs()
                : List.of();
    }

    /**
     * DL4J's own gradient of the last pass: the sum over the mini-batch, in flattened order; overwritten by the next.
     */
    INDArray gradient() {
        return copy.getGradientsViewArray();
    }

    /** Gives its memory back now, not when Java's collector, which does not see it, comes by. */
    @Override
    public void close() {
        giveBack(copy.params());
        giveBack(copy.getGradientsViewArray());
    }

    static void giveBack(INDArray array) {
        if (array != null && array.closeable()) {
            array.close();
        }
    }
}
