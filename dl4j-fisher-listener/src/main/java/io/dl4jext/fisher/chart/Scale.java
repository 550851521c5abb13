package io.dl4jext.fisher.chart;

/** How an axis maps values to places. */
enum Scale {
    LINEAR {
        @Override
        boolean drawable(double value) {
            return Double.isFinite(value);
        }

        @Override
        double place(double value) {
            return value;
        }

        @Override
        double value(double place) {
            return place;
        }
    },

    LOGARITHMIC {
        @Override
        boolean drawable(double value) {
            return Double.isFinite(value) && value > 0;
        }

        @Override
        double place(double value) {
            return Math.log10(value);
        }

        @Override
        double value(double place) {
            return Math.pow(10, place);
        }
    };

    /** Whether the value has a place on such an axis. */
    abstract boolean drawable(double value);

    /** Where it stands, in units of the axis: the value itself, or its decimal logarithm. */
    abstract double place(double value);

    /** The value that stands there. */
    abstract double value(double place);
}
