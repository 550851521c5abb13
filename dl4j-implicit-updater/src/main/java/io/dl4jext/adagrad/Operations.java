package io.dl4jext.adagrad;

import io.dl4jext.updater.internal.elementwise.StepCount;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The kernels in ND4J operations, in place, always on whole vectors: n does not count. */
final class Operations implements Kernels<INDArray> {

    @Override
    public INDArray filled(INDArray like, double value, int n) {
        return like.ulike().assign(value);
    }

    @Override
    public void copy(INDArray from, INDArray to, int n) {
        to.assign(from);
    }

    @Override
    public void accumulate(INDArray sum, INDArray gradient, double old, double fresh, int n) {
        sum.muli(old).addi(gradient.mul(gradient).muli(fresh));
    }

    @Override
    public void square(INDArray target, INDArray gradient, int n) {
        target.assign(gradient.mul(gradient));
    }

    @Override
    public void add(INDArray sum, INDArray x, int n) {
        sum.addi(x);
    }

    @Override
    public void scale(INDArray gradient, INDArray sum, double rate, double inside, double outside, int n) {
        INDArray rates = sum.ulike();
        rates(rates, sum, rate, inside, outside, n);
        gradient.muli(rates);
    }

    @Override
    public void multiply(INDArray gradient, double factor, int n) {
        gradient.muli(factor);
    }

    @Override
    public void move(INDArray update, INDArray velocity, double momentum, int n) {
        velocity.muli(momentum).addi(update);
        update.assign(velocity);
    }

    @Override
    public void rates(INDArray rates, INDArray sum, double rate, double inside, double outside, int n) {
        Transforms.sqrt(rates.assign(sum).addi(inside), false).addi(outside).rdivi(rate);
    }

    @Override
    public void proximal(INDArray gradient, INDArray rates, INDArray parameters, double l1, double l2, int n) {
        gradient.muli(rates);
        INDArray shrunk = shrunk(parameters.sub(gradient), rates.mul(l1));
        gradient.assign(parameters.sub(shrunk.divi(rates.mul(l2).addi(1))));
    }

    /** sign(y)·max(|y| − t, 0), element by element. */
    private static INDArray shrunk(INDArray y, INDArray t) {
        return Transforms.max(y.sub(t), 0, false).addi(Transforms.min(y.add(t), 0, false));
    }

    @Override
    public void count(INDArray counts, int iteration, int n) {
        StepCount.increase(counts, iteration);
    }

    @Override
    public void weigh(INDArray s, INDArray v, INDArray gradient, INDArray counts, double rate, int n) {
        INDArray weighted = Transforms.sqrt(counts, true).muli(rate).muli(gradient);
        s.addi(weighted);
        v.addi(weighted.muli(gradient));
    }

    @Override
    public void average(INDArray gradient, INDArray z, INDArray sum, INDArray parameters, double rate, int n) {
        displacement(gradient, z, sum, rate, n);
        gradient.addi(parameters);
    }

    @Override
    public void shrink(INDArray x, INDArray z, INDArray counts, double l1, int n) {
        x.assign(shrunk(z, counts.mul(l1)));
    }

    @Override
    public void averageShrunk(
            INDArray gradient, INDArray sum, INDArray counts, INDArray parameters, double rate, double l2, int n) {
        INDArray root = Transforms.sqrt(sum, true);
        gradient.muli(rate).divi(root.addi(counts.mul(l2))).addi(parameters);
    }

    @Override
    public void displacement(INDArray x, INDArray z, INDArray sum, double rate, int n) {
        x.assign(z.mul(rate).divi(Transforms.sqrt(sum, true)));
    }

    @Override
    public void follow(INDArray x, INDArray displacement, double fresh, int n) {
        INDArray now = displacement.mul(1 - fresh).addi(x.muli(fresh));
        x.assign(now.sub(displacement));
        displacement.assign(now);
    }

    @Override
    public void overCubeRoot(INDArray x, INDArray s, INDArray v, double epsilon, int n) {
        x.assign(s.div(Transforms.pow(v, 1.0 / 3, true).addi(epsilon)));
    }
}
