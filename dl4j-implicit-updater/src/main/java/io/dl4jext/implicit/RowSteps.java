package io.dl4jext.implicit;

import io.dl4jext.implicit.internal.prox.ProximalStep;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The proximal steps of one layer, a row for each sample (or sample and time step). The activation is that at the
 * layer's creation, so tools that put a decorator around the configuration's activation for a while do no harm.
 */
final class RowSteps {

    private final IActivation activation;
    private volatile ProximalStep step;
    private volatile ImplicitSgd updaterOfStep;

    RowSteps(IActivation activation) {
        this.activation = activation;
    }

    /** {@link #alpha} where every row is the only one of its sample. */
    INDArray alpha(
            ImplicitSgd updater,
            INDArray b,
            INDArray q,
            long batch,
            boolean mean,
            int iteration,
            int epoch,
            boolean bias,
            INDArray... inputs) {
        return alpha(updater, b, q, null, batch, mean, iteration, epoch, bias, inputs);
    }

    /**
     * α of every row and unit, scaled so that their sum, or what DL4J's division by the batch size makes of it, is the
     * mean that eq. (7) needs.
     *
     * @param b gradient of each sample's loss with respect to the layer's output, rows × units
     * @param q pre-activations, rows × units
     * @param terms rows × 1, how many rows belong to the row's sample, or null for 1: their loss is the mean of these
     *     rows' losses times that number, so α is solved with b times it and the rows' steps are averaged
     * @param batch the number of rows, or where each sample has several, of samples, in the whole update
     * @param mean whether the network's loss is the mean over the batch, and DL4J divides the rows' sum by its size;
     *     else the loss is the sum, which is a mean times that number, as it is with terms
     * @param bias whether the layer has a bias
     * @param inputs the layer's inputs, rows × n, in one or more parts
     */
    INDArray alpha(
            ImplicitSgd updater,
            INDArray b,
            INDArray q,
            INDArray terms,
            long batch,
            boolean mean,
            int iteration,
            int epoch,
            boolean bias,
            INDArray... inputs) {
        ProximalStep current = step;
        if (current == null || updaterOfStep != updater) {
            current = ProximalStep.of(activation, updater.getRootRule());
            step = current;
            updaterOfStep = updater;
        }
        double eta = updater.getLearningRate(iteration, epoch);
        double mu = updater.getMu();
        if (updater.getBatchMode() == BatchMode.BATCH_SCALED) {
            if (batch == 1 || !mean) {
                return current.alpha(b, q, eta, mu, bias, inputs);
            }
            // In HALF small gradients would be 0 once they are divided.
            INDArray shared = b.castTo(b.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT)
                    .div(batch);
            return current.alpha(shared, q, eta, mu, bias, inputs).muli(batch).castTo(b.dataType());
        }
        long summed = mean ? 1 : batch;
        if (terms != null) {
            INDArray shares = summed == 1 ? terms : terms.mul(summed);
            return current.alpha(b.mul(shares), q, eta, mu, bias, inputs).divi(shares);
        }
        return summed == 1
                ? current.alpha(b, q, eta, mu, bias, inputs)
                : current.alpha(b.mul(summed), q, eta, mu, bias, inputs).divi(summed);
    }
}
