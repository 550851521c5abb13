package io.dl4jext.fisher.sink;

/**
 * A row of a comma-separated file by RFC 4180: a value with a comma, a quotation mark or a line break stands in
 * quotation marks, those within it doubled.
 *
 * <p>By hand, since a library would meet the older versions of what it needs that DL4J brings.
 */
final class CsvRow {

    private static final char QUOTE = '"';

    private CsvRow() {}

    /**
     * The row, without its line end.
     *
     * @param values written as {@link String#valueOf(Object)} does: numbers with all digits, in every locale; null is
     *     an empty value
     */
    static String of(Object... values) {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                row.append(',');
            }
            row.append(values[i] == null ? "" : quoted(values[i].toString()));
        }
        return row.toString();
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == QUOTE || c == '\n' || c == '\r');
        return plain ? text : QUOTE + text.replace("\"", "\"\"") + QUOTE;
    }
}
