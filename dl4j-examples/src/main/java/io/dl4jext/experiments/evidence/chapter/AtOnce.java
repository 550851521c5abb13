package io.dl4jext.experiments.evidence.chapter;

import io.dl4jext.experiments.evidence.chapter.SeedGrid.Member;
import io.dl4jext.experiments.report.CsvRows.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All trainings of a grid at the last iteration that each of them has: how much of the variance of log C̄_K and log L_K
 * goes with the batch size, and how much with the learning rate.
 */
final class AtOnce {

    private final double[] conditionShares;
    private final double[] energyShares;

    private AtOnce(double[] conditionShares, double[] energyShares) {
        this.conditionShares = conditionShares;
        this.energyShares = energyShares;
    }

    /** @return null where there are not two batch sizes and two rates whose trainings all come to an end */
    static AtOnce of(List<Member> grid) throws IOException {
        // Rates with which a training diverged are left out, so that every size has every rate.
        Set<Double> diverged = grid.stream()
                .map(Member::row)
                .filter(row -> row.isTrue("diverged"))
                .map(row -> row.number(FisherGrid.RATE))
                .collect(Collectors.toSet());
        List<Row> whole = new ArrayList<>();
        List<List<Row>> courses = new ArrayList<>();
        double last = Double.POSITIVE_INFINITY;
        for (Member member : grid) {
            if (diverged.contains(member.row().number(FisherGrid.RATE))) {
                continue;
            }
            List<Row> course = member.course();
            if (course.isEmpty()) {
                return null;
            }
            whole.add(member.row());
            courses.add(course);
            last = Math.min(last, course.get(course.size() - 1).number("iteration"));
        }
        List<Double> sizes = distinct(whole, FisherGrid.SIZE);
        List<Double> rates = distinct(whole, FisherGrid.RATE);
        if (sizes.size() < 2 || rates.size() < 2) {
            return null;
        }
        double[][] condition = new double[sizes.size()][rates.size()];
        double[][] energy = new double[sizes.size()][rates.size()];
        for (int i = 0; i < whole.size(); i++) {
            Row at = null;
            for (Row row : courses.get(i)) {
                at = at == null || row.number("iteration") <= last ? row : at;
            }
            int size = sizes.indexOf(whole.get(i).number(FisherGrid.SIZE));
            int rate = rates.indexOf(whole.get(i).number(FisherGrid.RATE));
            condition[size][rate] = Math.log(at.number("average_condition_number"));
            energy[size][rate] = Math.log(at.number("cumulative_energy"));
        }
        return new AtOnce(shares(condition), shares(energy));
    }

    /** The same with each batch size left out in turn, and with each rate. */
    static List<AtOnce> withoutEach(List<Member> grid) throws IOException {
        List<AtOnce> all = new ArrayList<>();
        for (String column : List.of(FisherGrid.SIZE, FisherGrid.RATE)) {
            for (double value : distinct(grid.stream().map(Member::row).collect(Collectors.toList()), column)) {
                AtOnce left = of(grid.stream()
                        .filter(member -> member.row().number(column) != value)
                        .collect(Collectors.toList()));
                if (left != null) {
                    all.add(left);
                }
            }
        }
        return all;
    }

    private static List<Double> distinct(List<Row> rows, String column) {
        TreeSet<Double> values = new TreeSet<>();
        rows.forEach(row -> values.add(row.number(column)));
        return new ArrayList<>(values);
    }

    /** The shares of the sum of squares of rows and of columns. */
    static double[] shares(double[][] values) {
        int rows = values.length;
        int columns = values[0].length;
        double[] rowMeans = new double[rows];
        double[] columnMeans = new double[columns];
        double mean = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                rowMeans[i] += values[i][j] / columns;
                columnMeans[j] += values[i][j] / rows;
                mean += values[i][j] / (rows * columns);
            }
        }
        double all = 0;
        double byRow = 0;
        double byColumn = 0;
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                all += (values[i][j] - mean) * (values[i][j] - mean);
                byRow += (rowMeans[i] - mean) * (rowMeans[i] - mean);
                byColumn += (columnMeans[j] - mean) * (columnMeans[j] - mean);
            }
        }
        return new double[] {byRow / all, byColumn / all};
    }

    /** Of log C̄_K: the batch size's share, the rate's. */
    double[] conditionShares() {
        return conditionShares.clone();
    }

    /** Of log L_K. */
    double[] energyShares() {
        return energyShares.clone();
    }
}
