package io.dl4jext.fisher.internal.gram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * F̃ of a batch that is trained on in parts (gradient accumulation). Each part's own block of F̃ is added up as that of
 * any mini-batch. The blocks between parts need the earlier parts' operands, contribution by contribution: rows of
 * per-sample gradients, or the pair Z, Δ of outer products. Blocks and operands are kept within a budget; beyond it, or
 * where F̃ of all parts has no room, only the diagonal of F̃ is known.
 *
 * <p>All parts go through the same layers in the same order, so a contribution is known by its number. What is chosen
 * by cost (form, column blocks) is chosen by the first part for all.
 */
final class UpdateParts implements AutoCloseable {

    /** What one contribution keeps of one part: rows, or Z (if one-hot: its indices) and Δ over time; of the last, none. */
    private static final class Operands {

        final INDArray rows;
        final INDArray deltas;
        final boolean oneHot;
        final boolean bias;

        Operands(INDArray rows, INDArray deltas, boolean oneHot, boolean bias) {
            this.rows = rows;
            this.deltas = deltas;
            this.oneHot = oneHot;
            this.bias = bias;
        }
    }

    private static final class Part {

        final int samples;
        final List<Operands> contributions = new ArrayList<>();
        /** The blocks with the parts before, samples of that part × samples of this, f order. */
        final List<INDArray> blocks = new ArrayList<>();

        /** Its own block of F̃; null where only the diagonal is kept. */
        double[] own;

        double[] diagonal;

        Part(int samples) {
            this.samples = samples;
        }
    }

    private static final String DIFFERENT = "the parts went through different layers";

    private final long budget;
    private final Scratch scratch;
    private final List<Part> done = new ArrayList<>();
    private final List<INDArray> arrays = new ArrayList<>();
    private final List<Long> choices = new ArrayList<>();
    private Part part;
    /** Whether no part comes after it: then its operands are not asked for any more. */
    private boolean last;

    private int choice;
    private boolean announced;
    private long bytes;
    private String missing;

    /** @param budget how many bytes blocks and operands may take */
    UpdateParts(long budget, Scratch scratch) {
        this.budget = budget;
        this.scratch = scratch;
    }

    void begin(int samples, boolean isLast) {
        if (last) {
            lose("a part came after the one that was announced as the last");
        }
        part = new Part(samples);
        last = isLast;
        choice = 0;
        announced = false;
        if (missing != null || done.isEmpty()) {
            return;
        }
        int before = samples();
        String room = GramMatrix.missingRoom(
                before + samples, Runtime.getRuntime().maxMemory(), HostMemory.mostNativeBytes());
        if (room != null) {
            lose("a batch" + room);
        } else if (fits(8L * before * samples)) {
            try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
                for (Part earlier : done) {
                    INDArray block = Nd4j.create(DataType.DOUBLE, new long[] {earlier.samples, samples}, 'f');
                    arrays.add(block);
                    part.blocks.add(block);
                }
            }
        }
    }

    /** What the first part has chosen at this place. */
    long choose(long value) {
        if (done.isEmpty()) {
            choices.add(value);
            return value;
        }
        return choice < choices.size() ? choices.get(choice++) : value;
    }

    /**
     * A contribution G Gᵀ.
     *
     * @param rows b × n, of all samples of the part
     */
    void rows(INDArray rows) {
        if (missing != null) {
            return;
        }
        INDArray columns = done.isEmpty() ? rows : scratch.dense("partRows", DataType.DOUBLE, 'c', rows);
        for (int p = 0; p < done.size(); p++) {
            Operands other = earlier(p);
            if (other == null || other.deltas != null || other.rows.columns() != rows.columns()) {
                lose(DIFFERENT);
                return;
            }
            INDArray left = scratch.dense("earlierRows", DataType.DOUBLE, 'c', other.rows);
            Nd4j.gemm(left, columns, part.blocks.get(p), false, true, 1.0, 1.0);
        }
        if (last) {
            part.contributions.add(new Operands(null, null, false, false));
        } else if (fits(bytesOf(rows))) {
            part.contributions.add(new Operands(kept(rows), null, false, false));
        }
    }

    /**
     * A contribution of outer products begins, up to {@link #contributed}.
     *
     * @param inputs Z, R × n
     * @param deltas Δ, R × m
     */
    void pairs(INDArray inputs, INDArray deltas, boolean bias) {
        pairs(inputs, deltas, false, bias);
    }

    /**
     * As {@link #pairs(INDArray, INDArray, boolean)}, where each row of Z has a single 1.
     *
     * @param indices where it is, of any type and shape, R in c order; fractions are cut off
     */
    void oneHotPairs(INDArray indices, INDArray deltas, boolean bias) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray column = indices.castTo(DataType.INT).dup('c').reshape('c', indices.length(), 1);
            pairs(column, deltas, true, bias);
        }
    }

    private void pairs(INDArray inputs, INDArray deltas, boolean oneHot, boolean bias) {
        announced = true;
        if (missing != null) {
            return;
        }
        boolean first = done.isEmpty();
        INDArray z = first || oneHot ? inputs : scratch.dense("partZ", DataType.DOUBLE, 'c', inputs);
        INDArray d = first ? deltas : scratch.dense("partD", DataType.DOUBLE, 'c', deltas);
        for (int p = 0; p < done.size(); p++) {
            Operands other = earlier(p);
            if (other == null
                    || other.deltas == null
                    || other.rows.columns() != inputs.columns()
                    || other.deltas.columns() != deltas.columns()
                    || other.oneHot != oneHot
                    || other.bias != bias) {
                lose(DIFFERENT);
                return;
            }
            addPairs(part.blocks.get(p), done.get(p).samples, other, z, d);
        }
        if (last) {
            part.contributions.add(new Operands(null, null, oneHot, bias));
        } else if (fits(bytesOf(inputs) + bytesOf(deltas))) {
            part.contributions.add(new Operands(kept(inputs), kept(deltas), oneHot, bias));
        }
    }

    /** For each time step of this part: against all rows of the earlier part, added up over its time. */
    private void addPairs(INDArray block, int earlierSamples, Operands other, INDArray z, INDArray d) {
        INDArray earlierZ = other.oneHot ? other.rows : scratch.dense("earlierZ", DataType.DOUBLE, 'c', other.rows);
        INDArray earlierD = scratch.dense("earlierD", DataType.DOUBLE, 'c', other.deltas);
        int steps = z.rows() / part.samples;
        int earlierSteps = earlierZ.rows() / earlierSamples;
        INDArray zz = scratch.take("partZZ", DataType.DOUBLE, 'f', part.samples, earlierZ.rows());
        INDArray dd = scratch.take("partDD", DataType.DOUBLE, 'f', part.samples, earlierZ.rows());
        INDArray contribution = scratch.take("partBlock", DataType.DOUBLE, 'f', part.samples, earlierSamples);
        for (int t = 0; t < steps; t++) {
            INDArray zt = steps == 1 ? z : stepOf(z, t);
            INDArray dt = steps == 1 ? d : stepOf(d, t);
            if (other.oneHot) {
                equal(zt, earlierZ, zz);
            } else {
                Nd4j.gemm(zt, earlierZ, zz, false, true, 1.0, 0.0);
            }
            if (other.bias) {
                zz.addi(1.0);
            }
            Nd4j.gemm(dt, earlierD, dd, false, true, 1.0, 0.0);
            zz.muli(dd);
            if (earlierSteps == 1) {
                block.addi(zz.transpose());
            } else {
                zz.reshape('f', part.samples, earlierSamples, earlierSteps).sum(contribution, 2);
                block.addi(contribution.transpose());
            }
        }
    }

    /** The products of one-hot rows: 1 where the indices agree. */
    private static void equal(INDArray indices, INDArray others, INDArray result) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            long rows = result.rows();
            long columns = result.columns();
            INDArray left = indices.dup('c').reshape('c', rows, 1).broadcast(rows, columns);
            INDArray right = others.reshape('c', 1, columns).broadcast(rows, columns);
            result.assign(left.eq(right).castTo(DataType.DOUBLE));
        }
    }

    private INDArray stepOf(INDArray rows, int step) {
        return rows.get(
                NDArrayIndex.interval((long) step * part.samples, (long) (step + 1) * part.samples),
                NDArrayIndex.all());
    }

    /** The contribution of outer products is complete. */
    void contributed() {
        announced = false;
    }

    /** Something is added to F̃. If nobody has said what, the blocks between parts cannot be known. */
    void requireAnnounced() {
        if (!announced) {
            lose("the rule of a layer keeps nothing for the inner products between parts");
        }
    }

    /** The contribution that comes next, in an earlier part; null where that has none. */
    private Operands earlier(int number) {
        List<Operands> contributions = done.get(number).contributions;
        int next = part.contributions.size();
        return next < contributions.size() ? contributions.get(next) : null;
    }

    private static long bytesOf(INDArray array) {
        return array.length() * array.dataType().width();
    }

    /** Whether so much more is within the budget; if not, all is lost. */
    private boolean fits(long more) {
        bytes += more;
        if (bytes > budget) {
            lose("the inner products between parts need more than the " + budget + " bytes of accumulationMemory: "
                    + bytes + " at least");
        }
        return missing == null;
    }

    private INDArray kept(INDArray array) {
        try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
            INDArray copy = Nd4j.createUninitialized(array.dataType(), array.shape(), 'c');
            arrays.add(copy);
            return copy.assign(array);
        }
    }

    /** Blocks and operands. */
    List<INDArray> arrays() {
        return List.copyOf(arrays);
    }

    private void lose(String why) {
        if (missing != null) {
            return;
        }
        missing = why;
        done.forEach(each -> each.own = null);
        close();
    }

    /** Gives back all that is kept but the diagonal. */
    @Override
    public void close() {
        arrays.stream().filter(INDArray::closeable).forEach(INDArray::close);
        arrays.clear();
    }

    /** @param own the part's own block of F̃ */
    void end(double[] own) {
        if (missing == null && !done.isEmpty() && done.get(0).contributions.size() != part.contributions.size()) {
            lose(DIFFERENT);
        }
        part.diagonal = new double[part.samples];
        for (int i = 0; i < part.samples; i++) {
            part.diagonal[i] = own[i * (part.samples + 1)];
        }
        part.own = missing == null ? own : null;
        done.add(part);
    }

    int samples() {
        return done.stream().mapToInt(p -> p.samples).sum();
    }

    /** Why the blocks between parts are not known; null if they are. */
    String missing() {
        return missing;
    }

    /** The diagonal of F̃. */
    double[] diagonal() {
        return done.stream()
                .flatMapToDouble(part -> Arrays.stream(part.diagonal))
                .toArray();
    }

    /** The entries of F̃, or null where the blocks between parts are not known. */
    double[] values() {
        if (missing != null) {
            return null;
        }
        int n = samples();
        double[] values = new double[n * n];
        int column = 0;
        for (Part each : done) {
            put(each.own, each.samples, each.samples, column, column, n, values);
            int row = 0;
            for (int p = 0; p < each.blocks.size(); p++) {
                int rows = done.get(p).samples;
                double[] block = each.blocks.get(p).dup('f').data().asDouble();
                put(block, rows, each.samples, row, column, n, values);
                row += rows;
            }
            column += each.samples;
        }
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                values[j * n + i] = values[i * n + j];
            }
        }
        return values;
    }

    private static void put(double[] block, int rows, int columns, int row, int column, int n, double[] values) {
        for (int j = 0; j < columns; j++) {
            System.arraycopy(block, j * rows, values, (column + j) * n + row, rows);
        }
    }
}
