package io.dl4jext.fisher.internal.capture;

import io.dl4jext.fisher.internal.gram.GramMatrix;
import io.dl4jext.fisher.internal.gram.OuterProductContribution;
import java.util.Map;
import java.util.OptionalInt;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.layers.recurrent.GravesLSTM;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The gradient of an LSTM follows from its inputs x_t, its outputs h_t, its cells c_t and the deltas δ_t of its gates (i, f,
 * o, g): Σ_t (x_t, h_{t−1}, 1) ⊗ δ_t and, with peepholes, Σ_t δ_f ∘ c_{t−1}, Σ_t δ_o ∘ c_t, Σ_t δ_g ∘ c_{t−1}.
 *
 * <p>A {@link Twin} takes the whole mini-batch once, through DL4J's own forward and backward pass, with activation functions
 * that see these arrays go by ({@link LstmTrace}). What proves them is the sum of the gradients, which must be the layer's own to
 * within rounding.
 */
final class LstmPass extends LayerPass {

    private final LayerSite site;
    private final GramMatrix gram;
    private final Map<String, Long> workspaceBytes;
    private RecordedPass recorded;

    LstmPass(LayerSite site, GramMatrix gram, Map<String, Long> workspaceBytes) {
        this.workspaceBytes = workspaceBytes;
        this.site = site;
        this.gram = gram;
    }

    @Override
    void before(Layer layer, INDArray epsilon, OptionalInt truncation) {
        recorded = new RecordedPass(layer, epsilon, truncation);
    }

    @Override
    void after(Layer layer) {
        AbstractLSTM configuration = (AbstractLSTM) layer.conf().getLayer();
        boolean peepholes = layer.getClass() == GravesLSTM.class;
        boolean channelsLast = configuration.getRnnDataFormat() == RNNFormat.NWC;
        int samples = gram.samples();
        int units = (int) configuration.getNOut();
        try (RecordedPass pass = recorded) {
            INDArray series = channelsLast ? pass.input : pass.input.permute(0, 2, 1);
            int steps = (int) series.size(1);
            try (Twin twin = new Twin(
                            site.configuration, layer, pass, samples, workspaceBytes.getOrDefault(site.name, 0L));
                    LstmTrace trace = new LstmTrace(
                            layer.params().dataType(), samples, steps, units, series.size(2), pass.stateBefore)) {
                trace.watch((AbstractLSTM) twin.configuration());
                twin.wholeBatch();
                workspaceBytes.put(site.name, twin.workspaceBytes());
                trace.complete(series, pass.mask);
                requireSum(trace, peepholes, layer.getGradientsViewArray());
                OuterProductContribution.add(gram, trace.inputs(), trace.deltas(), true);
                if (peepholes) {
                    gram.addRows(trace.peepholes());
                }
            }
        }
    }

    private static void requireSum(LstmTrace trace, boolean peepholes, INDArray own) {
        INDArray inputs = trace.inputs();
        INDArray deltas = trace.deltas();
        long gates = deltas.columns();
        long weights = inputs.columns() * gates;
        long units = gates / 4;
        long bias = weights + (peepholes ? 3 * units : 0);
        INDArray flat = own.reshape(own.length());
        INDArray sum = Nd4j.createUninitialized(own.dataType(), new long[] {inputs.columns(), gates}, 'f');
        Nd4j.gemm(inputs, deltas, sum, true, false, 1.0, 0.0);
        long nIn = inputs.columns() - units;
        INDArray sumOfDeltas = deltas.sum(0);
        double off = distance(sum.get(NDArrayIndex.interval(0, nIn), NDArrayIndex.all()), flat, 0)
                + distance(sum.get(NDArrayIndex.interval(nIn, nIn + units), NDArrayIndex.all()), flat, nIn * gates)
                + distance(sumOfDeltas, flat, bias);
        if (peepholes) {
            INDArray sumOfPeepholes = trace.peepholes().sum(0);
            off += distance(sumOfPeepholes, flat, weights);
            RecordedPass.giveBack(sumOfPeepholes);
        }
        RecordedPass.giveBack(sumOfDeltas);
        RecordedPass.giveBack(sum);
        INDArray bounds = inputs.norm2(1);
        INDArray norms = deltas.norm2(1);
        double deviation =
                Math.sqrt(off) / bounds.addi(1).muli(norms).sumNumber().doubleValue();
        RecordedPass.giveBack(bounds);
        RecordedPass.giveBack(norms);
        double tolerance = ReplayPass.tolerance(own.dataType());
        // Not-a-number is no deviation: then the layer's own gradient is not a number either.
        if (deviation > tolerance) {
            throw new IllegalStateException("the gradients of its samples add up to another sum than its own gradient"
                    + " (norm of the difference relative to the sum of their norms: "
                    + deviation
                    + ", expected at most "
                    + tolerance
                    + "): it draws random numbers, or it has a state of its own");
        }
    }

    /** ‖part − own[from …]‖², column by column. */
    private static double distance(INDArray part, INDArray own, long from) {
        INDArray copy = part.dup('f');
        INDArray difference = copy.reshape('f', new long[] {part.length()});
        difference.subi(own.get(NDArrayIndex.interval(from, from + part.length())));
        double norm = difference.norm2Number().doubleValue();
        RecordedPass.giveBack(copy);
        return norm * norm;
    }
}
