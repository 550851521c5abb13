package io.dl4jext.fisher;

import io.dl4jext.fisher.internal.capture.ForwardingLoss;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.layers.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.training.CenterLossOutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;

/**
 * The losses of single samples of an output layer, without regularisation: what its loss function makes of the very
 * arrays that its backward pass hands to it. Made before the pass of a network that nobody else has, as it takes the
 * place of the loss function in the layer's configuration.
 */
final class Losses {

    private final Layer layer;
    private final int samples;

    /** By row, in the layer's order; null until its loss function was asked for a gradient. */
    private double[] rows;

    Losses(Layer output, int samples) {
        this.layer = output instanceof FrozenLayerWithBackprop
                ? ((FrozenLayerWithBackprop) output).getInsideLayer()
                : output;
        this.samples = samples;
        watch();
    }

    private void watch() {
        org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
        if (settings instanceof BaseOutputLayer) {
            BaseOutputLayer output = (BaseOutputLayer) settings;
            output.setLossFn(new Watched(output.getLossFn()));
        } else if (settings instanceof LossLayer) {
            LossLayer output = (LossLayer) settings;
            output.setLossFn(new Watched(output.getLossFn()));
        } else if (settings instanceof RnnLossLayer) {
            RnnLossLayer output = (RnnLossLayer) settings;
            output.setLossFn(new Watched(output.getLossFn()));
        } else if (settings instanceof CnnLossLayer) {
            CnnLossLayer output = (CnnLossLayer) settings;
            output.setLossFn(new Watched(output.getLossFn()));
        } else if (settings instanceof Cnn3DLossLayer) {
            Cnn3DLossLayer output = (Cnn3DLossLayer) settings;
            output.setLossFn(new Watched(output.getLossFn()));
        }
    }

    /**
     * Adds them to those of other output layers, after the backward pass.
     *
     * @throws IllegalStateException if the layer has no loss for each sample
     */
    void addTo(double[] losses) {
        if (rows == null) {
            try {
                rows = ofExamples();
            } catch (RuntimeException e) {
                throw none(e);
            }
        }
        if (rows.length % samples != 0 || rows.length == 0) {
            throw new IllegalStateException("Expected the losses of " + samples + " samples from the output layer "
                    + name() + ", got " + rows.length);
        }
        // Pixels of an image lie side by side; images, as time steps, by sample again and again.
        int side = isOfPixels() ? rows.length / (int) layer.input().size(0) : 1;
        for (int row = 0; row < rows.length; row++) {
            losses[row / side % samples] += rows[row];
        }
        if (layer instanceof CenterLossOutputLayer) {
            double[] away = centerLosses((CenterLossOutputLayer) layer);
            for (int row = 0; row < away.length; row++) {
                losses[row % samples] += away[row];
            }
        }
    }

    private boolean isOfPixels() {
        org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
        return settings instanceof CnnLossLayer || settings instanceof Cnn3DLossLayer;
    }

    private double[] ofExamples() {
        if (!(layer.conf().getLayer() instanceof Yolo2OutputLayer)) {
            return values(((IOutputLayer) layer).computeScoreForExamples(0, LayerWorkspaceMgr.noWorkspaces()));
        }
        // Here, unlike in its score, DL4J multiplies by this weight twice (1.0.0-beta7 to -M2.1).
        Yolo2OutputLayer settings = (Yolo2OutputLayer) layer.conf().getLayer();
        double weight = settings.getLambdaNoObj();
        settings.setLambdaNoObj(Math.sqrt(weight));
        try {
            return values(((IOutputLayer) layer).computeScoreForExamples(0, LayerWorkspaceMgr.noWorkspaces()));
        } finally {
            settings.setLambdaNoObj(weight);
        }
    }

    /** λ/2 times the squared distances from the centres, which this layer's score has besides. */
    private static double[] centerLosses(CenterLossOutputLayer layer) {
        double lambda = ((org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer)
                        layer.conf().getLayer())
                .getLambda();
        INDArray input = layer.input();
        INDArray away = input.sub(layer.getLabels().castTo(input.dataType()).mmul(layer.getParam("cL")));
        return values(away.muli(away).sum(1).muli(lambda / 2));
    }

    private static double[] values(INDArray array) {
        return array.castTo(DataType.DOUBLE).dup('c').data().asDouble();
    }

    private IllegalStateException none(RuntimeException cause) {
        return new IllegalStateException(
                "The output layer " + name() + " has no loss for each sample: " + cause.getMessage(), cause);
    }

    private String name() {
        org.deeplearning4j.nn.conf.layers.Layer settings = layer.conf().getLayer();
        return (settings.getLayerName() == null ? "" : "'" + settings.getLayerName() + "' ") + "("
                + settings.getClass().getSimpleName() + ")";
    }

    private final class Watched extends ForwardingLoss {

        private static final long serialVersionUID = 1L;

        Watched(ILossFunction loss) {
            super(loss);
        }

        /** LossMAE's own are by their number of columns, which is 1, where its score and gradient are by the labels'. */
        private INDArray rows(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
            if (!(loss() instanceof LossMAE)) {
                return computeScoreArray(labels, preOutput, activation, mask);
            }
            return new LossL1(((LossMAE) loss()).getWeights())
                    .computeScoreArray(labels, preOutput, activation, mask)
                    .divi(labels.size(1));
        }

        private void saw(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
            RandomState before = RandomState.present(); // an activation may draw from it
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                rows = values(rows(labels, preOutput, activation, mask));
            } catch (RuntimeException e) {
                throw none(e);
            } finally {
                before.restore();
            }
        }

        @Override
        public INDArray computeGradient(INDArray labels, INDArray preOutput, IActivation activation, INDArray mask) {
            saw(labels, preOutput, activation, mask);
            return super.computeGradient(labels, preOutput, activation, mask);
        }

        @Override
        public Pair<Double, INDArray> computeGradientAndScore(
                INDArray labels, INDArray preOutput, IActivation activation, INDArray mask, boolean average) {
            saw(labels, preOutput, activation, mask);
            return super.computeGradientAndScore(labels, preOutput, activation, mask, average);
        }
    }
}
