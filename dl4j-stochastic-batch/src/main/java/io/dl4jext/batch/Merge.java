package io.dl4jext.batch;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Puts slices of source batches together to one batch, as DL4J's {@code DataSet.merge} does: time series (rank 3, time
 * in dimension 2) of unequal length are padded with zeros, and a mask says so; where only some slices have a mask, the
 * others count as wholly present; masks of several types get the first's, or of those with fractions the first one's.
 * Any other rank, which DL4J does not merge beyond 4, needs equal shapes.
 *
 * <p>A single slice is handed out as views.
 */
final class Merge {

    private final List<Slice> slices;
    private final int count;

    private Merge(List<Slice> slices) {
        this.slices = slices;
        this.count = Math.toIntExact(slices.stream().mapToLong(Slice::count).sum());
    }

    static Examples of(List<Slice> slices) {
        return new Merge(slices).merged();
    }

    private Examples merged() {
        Examples first = slices.get(0).batch;
        for (Slice slice : slices) {
            requireSameNumber("features", slice, slice.batch.features().length, first.features().length);
            requireSameNumber("labels", slice, slice.batch.labels().length, first.labels().length);
        }
        INDArray[] features = new INDArray[first.features().length];
        INDArray[] featureMasks = new INDArray[features.length];
        for (int i = 0; i < features.length; i++) {
            int index = i;
            Column column =
                    new Column("features " + i, e -> e.features()[index], e -> e.featureMasks()[index], slices, count);
            features[i] = column.array();
            featureMasks[i] = column.mask();
        }
        INDArray[] labels = new INDArray[first.labels().length];
        INDArray[] labelMasks = new INDArray[labels.length];
        for (int i = 0; i < labels.length; i++) {
            int index = i;
            Column column =
                    new Column("labels " + i, e -> e.labels()[index], e -> e.labelMasks()[index], slices, count);
            // An autoencoder's labels often are its features.
            boolean same = i < features.length
                    && slices.stream()
                            .allMatch(slice ->
                                    slice.batch.labels()[index] == slice.batch.features()[index]);
            labels[i] = same ? features[i] : column.array();
            labelMasks[i] = column.mask();
        }
        return new Examples(features, labels, featureMasks, labelMasks, metaData(), first.names(), slices.size() > 1);
    }

    private static void requireSameNumber(String what, Slice slice, int got, int expected) {
        if (got != expected) {
            throw new IllegalStateException("Expected " + expected + " arrays of " + what
                    + " as in the examples before, got " + got + ": " + slice.where);
        }
    }

    private List<Serializable> metaData() {
        List<Serializable> all = new ArrayList<>(count);
        for (Slice slice : slices) {
            List<Serializable> own = slice.batch.metaData();
            if (own == null) {
                return null;
            }
            all.addAll(own.subList((int) slice.from, (int) slice.to));
        }
        return all;
    }

    /** One features or labels array with its mask. */
    private static final class Column {

        private final String name;
        private final Function<Examples, INDArray> arrayOf;
        private final Function<Examples, INDArray> maskOf;
        private final List<Slice> slices;
        private final int count;

        Column(
                String name,
                Function<Examples, INDArray> arrayOf,
                Function<Examples, INDArray> maskOf,
                List<Slice> slices,
                int count) {
            this.name = name;
            this.arrayOf = arrayOf;
            this.maskOf = maskOf;
            this.slices = slices;
            this.count = count;
        }

        private INDArray array(Slice slice) {
            return arrayOf.apply(slice.batch);
        }

        private INDArray mask(Slice slice) {
            return maskOf.apply(slice.batch);
        }

        INDArray array() {
            if (slices.size() == 1) {
                return view(array(slices.get(0)), slices.get(0));
            }
            long[] shape = shape();
            if (shape == null) {
                return null;
            }
            DataType type = array(slices.get(0)).dataType();
            INDArray out = hasUnequalLengths() ? Nd4j.create(type, shape) : Nd4j.createUninitialized(type, shape, 'c');
            long at = 0;
            for (Slice slice : slices) {
                Rows.copy(array(slice), slice.from, slice.to, out, at);
                at += slice.count();
            }
            return out;
        }

        private static INDArray view(INDArray array, Slice slice) {
            return array == null ? null : Rows.view(array, slice.from, slice.to);
        }

        /** The shape of the whole, with the longest time series; null if there is no array. */
        private long[] shape() {
            INDArray first = array(slices.get(0));
            long[] shape = first == null ? null : first.shape().clone();
            for (Slice slice : slices) {
                INDArray array = array(slice);
                if ((array == null) != (first == null)) {
                    throw mismatch(array == null ? "none" : "some", first == null ? "none" : "some", slice);
                }
                if (array == null) {
                    continue;
                }
                long[] here = array.shape();
                if (array.dataType() != first.dataType()) {
                    throw mismatch(array.dataType(), first.dataType(), slice);
                }
                boolean fits = here.length == shape.length;
                for (int d = 1; fits && d < here.length; d++) {
                    fits = here[d] == shape[d] || isTime(d, here.length);
                }
                if (!fits) {
                    throw mismatch("shape " + Arrays.toString(here), "shape " + Arrays.toString(first.shape()), slice);
                }
                if (here.length == 3) {
                    shape[2] = Math.max(shape[2], here[2]);
                }
            }
            if (shape != null) {
                shape[0] = count;
            }
            return shape;
        }

        private static boolean isTime(int dimension, int rank) {
            return rank == 3 && dimension == 2;
        }

        private boolean hasUnequalLengths() {
            return slices.stream()
                    .map(this::array)
                    .anyMatch(array -> array.rank() == 3
                            && array.size(2) != array(slices.get(0)).size(2));
        }

        private IllegalStateException mismatch(Object got, Object expected, Slice slice) {
            return new IllegalStateException("Expected " + name + " like those of the examples before (" + expected
                    + "), got " + got + ": " + slice.where);
        }

        INDArray mask() {
            if (slices.size() == 1) {
                return view(mask(slices.get(0)), slices.get(0));
            }
            INDArray known = slices.stream()
                    .map(this::mask)
                    .filter(m -> m != null)
                    .findFirst()
                    .orElse(null);
            long[] whole = shape();
            if (whole == null || (known == null && !hasUnequalLengths())) {
                return null;
            }
            // DL4J: one value for each time step unless the slices' own masks are larger.
            long[] shape =
                    known == null ? new long[] {count, whole[2]} : known.shape().clone();
            shape[0] = count;
            int time = timeDimension(known);
            if (time > 0) {
                shape[time] = whole[2];
            }
            DataType type = known == null ? array(slices.get(0)).dataType() : typeOfMasks();
            INDArray out = Nd4j.create(type, shape);
            long at = 0;
            for (Slice slice : slices) {
                INDArray own = mask(slice);
                if (own == null) {
                    long[] present = shape.clone();
                    present[0] = array(slice).size(0);
                    if (time > 0) {
                        present[time] = array(slice).size(2);
                    }
                    own = Nd4j.ones(type, present);
                }
                requireMaskFits(own, shape, time, slice);
                Rows.copy(own, slice.from, slice.to, out, at);
                at += slice.count();
            }
            return out;
        }

        private DataType typeOfMasks() {
            List<DataType> types = slices.stream()
                    .map(this::mask)
                    .filter(m -> m != null)
                    .map(INDArray::dataType)
                    .collect(Collectors.toList());
            return types.stream().filter(DataType::isFPType).findFirst().orElse(types.get(0));
        }

        /** Which dimension of the masks is time, or 0: they may also have one value for each example. */
        private int timeDimension(INDArray known) {
            if (array(slices.get(0)).rank() != 3) {
                return 0;
            }
            if (known == null) {
                return 1;
            }
            int last = known.rank() - 1;
            boolean overTime = slices.stream()
                    .allMatch(slice -> mask(slice) == null
                            || mask(slice).size(last) == array(slice).size(2));
            return overTime ? last : 0;
        }

        private void requireMaskFits(INDArray mask, long[] shape, int time, Slice slice) {
            boolean fits = mask.rank() == shape.length;
            for (int d = 1; fits && d < shape.length; d++) {
                fits = d == time || mask.size(d) == shape[d];
            }
            if (!fits) {
                throw new IllegalStateException("Expected a mask of " + name + " like those of the examples before, of "
                        + "shape " + Arrays.toString(shape) + " but for examples and time, got shape "
                        + Arrays.toString(mask.shape()) + ": " + slice.where);
            }
        }
    }
}
