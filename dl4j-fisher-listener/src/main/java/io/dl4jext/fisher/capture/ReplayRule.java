package io.dl4jext.fisher.capture;

import io.dl4jext.fisher.gram.GramMatrix;
import java.util.Arrays;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * For any other layer: replays it sample by sample through its own {@code backpropGradient}. Exact for every layer whose
 * samples do not interact.
 *
 * <p>The replay runs on a twin built from the layer's configuration over the layer's own parameters (read only), with a
 * gradient array of its own and without dropout, since the input it is given has been through dropout already. The layer
 * itself is only read.
 */
final class ReplayRule extends LayerRule {

    /** The most that the per-sample gradients held at one time may take, in bytes. */
    private static final long BLOCK_BYTES = 64L << 20;

    /** How far the sum of the replayed gradients may be from the layer's own gradient, relative to Σ ‖g_i‖. */
    private static final double SUM_TOLERANCE = 1e-3;

    private final LayerSite site;
    private final GramMatrix gram;
    private final long blockBytes;
    private INDArray sum;
    private double norms;

    ReplayRule(LayerSite site, GramMatrix gram) {
        this(site, gram, BLOCK_BYTES);
    }

    ReplayRule(LayerSite site, GramMatrix gram, long blockBytes) {
        this.site = site;
        this.gram = gram;
        this.blockBytes = blockBytes;
    }

    @Override
    void before(Layer layer, INDArray epsilon) {
        Replay replay = new Replay(layer, epsilon);
        int samples = gram.samples();
        long sampleBytes =
                layer.numParams() * Math.max(8, layer.params().dataType().width());
        int block = (int) Math.max(1, Math.min(samples, blockBytes / sampleBytes));
        for (int i = 0; i < samples; i += block) {
            int rows = Math.min(block, samples - i);
            INDArray gradients = replay.gradients(i, rows);
            INDArray part = gradients.sum(0);
            sum = sum == null ? part : sum.addi(part);
            norms += gradients.norm2(1).sumNumber().doubleValue();
            gram.addBlock(gradients, i, gradients, i);
            for (int j = i + block; j < samples; j += block) {
                int columns = Math.min(block, samples - j);
                gram.addBlock(gradients, i, replay.gradients(j, columns), j);
            }
        }
    }

    /** The gradients must add up to the layer's own; they do not where samples interact or the layer draws numbers. */
    @Override
    void after(Layer layer) {
        INDArray own = layer.getGradientsViewArray();
        double difference = sum.sub(own.reshape(own.length()).castTo(sum.dataType()))
                .norm2Number()
                .doubleValue();
        if (difference > SUM_TOLERANCE * norms) {
            throw new IllegalStateException(
                    "replayed sample by sample, its gradients add up to another sum than its own"
                            + " gradient (norm of the difference "
                            + difference
                            + ", sum of their norms "
                            + norms
                            + "): its samples interact, or it draws random numbers");
        }
    }

    /** A copy of the layer's configuration whose layers apply no dropout. */
    private static NeuralNetConfiguration withoutDropout(NeuralNetConfiguration configuration) {
        NeuralNetConfiguration copy = configuration.clone();
        copy.setLayer(withoutDropout(configuration.getLayer()));
        return copy;
    }

    /** Wrapped layers are copied here: DL4J's clone of a wrapper shares them with the network. */
    private static org.deeplearning4j.nn.conf.layers.Layer withoutDropout(
            org.deeplearning4j.nn.conf.layers.Layer layer) {
        org.deeplearning4j.nn.conf.layers.Layer copy = layer.clone();
        copy.setIDropout(null);
        if (copy instanceof BaseWrapperLayer) {
            ((BaseWrapperLayer) copy).setUnderlying(withoutDropout(((BaseWrapperLayer) layer).getUnderlying()));
        }
        return copy;
    }

    private final class Replay {
        private final INDArray allInputs;
        private final INDArray allEpsilons;
        private final INDArray allMasks;
        private final INDArray allLabels;
        private final Layer twin;
        private final INDArray twinGradient;

        Replay(Layer layer, INDArray epsilon) {
            this.allInputs = dense(layer.input());
            this.allEpsilons = dense(epsilon);
            this.allMasks = dense(layer.getMaskArray());
            this.allLabels = layer instanceof IOutputLayer ? dense(((IOutputLayer) layer).getLabels()) : null;
            INDArray parameters = layer.params();
            NeuralNetConfiguration configuration = withoutDropout(site.configuration);
            this.twin = configuration
                    .getLayer()
                    .instantiate(configuration, null, layer.getIndex(), parameters, false, parameters.dataType());
            this.twinGradient = Nd4j.create(parameters.dataType(), parameters.shape());
            twin.setBackpropGradientsViewArray(twinGradient);
        }

        INDArray gradients(int first, int count) {
            INDArray rows = Nd4j.createUninitialized(twinGradient.dataType(), count, twinGradient.length());
            for (int i = 0; i < count; i++) {
                replay(first + i);
                rows.getRow(i).assign(twinGradient.reshape(twinGradient.length()));
            }
            return rows;
        }

        private void replay(int sample) {
            LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
            twinGradient.assign(0);
            INDArray input = rowsOf(sample, allInputs);
            twin.setInputMiniBatchSize((int) input.size(0));
            twin.setInput(input, workspaces);
            twin.setMaskArray(rowsOf(sample, allMasks));
            if (twin instanceof IOutputLayer) {
                ((IOutputLayer) twin).setLabels(rowsOf(sample, allLabels));
            }
            INDArray incoming = rowsOf(sample, allEpsilons);
            if (!(twin instanceof IOutputLayer)) {
                // Some layers keep from their forward pass what their backward pass needs.
                twin.activate(true, workspaces);
            }
            twin.backpropGradient(incoming, workspaces);
        }

        /** A copy: of a view, ND4J 1.0.0-M2.1 takes parts that are empty ({@code BaseNDArray.get}, offset >= length()). */
        private INDArray dense(INDArray array) {
            return array == null ? null : array.dup('c');
        }

        /** The rows of one sample, i, i + B, i + 2B, …, copied. */
        private INDArray rowsOf(int sample, INDArray array) {
            if (array == null) {
                return null;
            }
            int samples = gram.samples();
            INDArrayIndex[] index = new INDArrayIndex[array.rank()];
            Arrays.fill(index, NDArrayIndex.all());
            if (array.size(0) == samples) {
                index[0] = NDArrayIndex.interval(sample, sample + 1);
                return array.get(index).dup();
            }
            if (array.size(0) % samples != 0) {
                throw new IllegalStateException("expected a multiple of " + samples + " rows, got " + array.size(0));
            }
            int count = (int) (array.size(0) / samples);
            INDArray[] rows = new INDArray[count];
            for (int t = 0; t < count; t++) {
                index[0] = NDArrayIndex.interval(sample + t * samples, sample + t * samples + 1);
                rows[t] = array.get(index).dup();
            }
            return Nd4j.concat(0, rows);
        }
    }
}
