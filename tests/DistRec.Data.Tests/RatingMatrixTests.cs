using DistRec.Numerics.Random;

namespace DistRec.Data.Tests;

public sealed class RatingMatrixTests
{
    [Fact]
    public void Transposed_columns_are_the_ratings_of_their_range_by_column_then_row()
    {
        for (int draw = 0; draw < 60; draw++)
        {
            EntityRandom random = new(1, RandomPurpose.Split, draw);
            RatingMatrix matrix = Draw(ref random, random.NextInt(15), random.NextInt(12), out List<(int Row, int Column, float Value)> ratings);
            int from = random.NextInt(matrix.ColumnCount + 1);
            int to = from + random.NextInt(matrix.ColumnCount - from + 1);

            RatingMatrix transposed = matrix.TransposeColumns(from, to);

            transposed.RowCount.ShouldBe(to - from);
            transposed.ColumnCount.ShouldBe(matrix.RowCount);
            transposed.Timestamps.ShouldBeNull();
            Triples(transposed).ShouldBe(
                ratings.Where(rating => rating.Column >= from && rating.Column < to)
                    .OrderBy(rating => rating.Column).ThenBy(rating => rating.Row)
                    .Select(rating => (rating.Column - from, rating.Row, rating.Value)));
        }
    }

    [Fact]
    public void Transposing_twice_gives_the_same_ratings()
    {
        EntityRandom random = new(2, RandomPurpose.Split, 0);
        RatingMatrix matrix = Draw(ref random, 20, 11, out List<(int Row, int Column, float Value)> ratings);

        Triples(matrix.TransposeColumns(0, 11).TransposeColumns(0, 20)).ShouldBe(ratings);
    }

    [Fact]
    public void A_range_of_rows_shares_the_arrays_and_can_be_cut_and_transposed_again()
    {
        EntityRandom random = new(3, RandomPurpose.Split, 0);
        RatingMatrix matrix = Draw(ref random, 20, 11, out List<(int Row, int Column, float Value)> ratings);

        RatingMatrix rows = matrix.Rows(4, 17);
        RatingMatrix inner = rows.Rows(2, 9);

        rows.Columns.ShouldBeSameAs(matrix.Columns);
        rows.Values.ShouldBeSameAs(matrix.Values);
        rows.Count.ShouldBe(ratings.Count(rating => rating.Row is >= 4 and < 17));
        Triples(rows).ShouldBe(ratings.Where(rating => rating.Row is >= 4 and < 17).Select(rating => (rating.Row - 4, rating.Column, rating.Value)));
        Triples(inner).ShouldBe(ratings.Where(rating => rating.Row is >= 6 and < 13).Select(rating => (rating.Row - 6, rating.Column, rating.Value)));
        Triples(inner.TransposeColumns(3, 8)).ShouldBe(
            ratings.Where(rating => rating.Row is >= 6 and < 13 && rating.Column is >= 3 and < 8)
                .OrderBy(rating => rating.Column).ThenBy(rating => rating.Row)
                .Select(rating => (rating.Column - 3, rating.Row - 6, rating.Value)));
        matrix.Rows(5, 5).Count.ShouldBe(0);
    }

    [Fact]
    public void Arrays_that_do_not_hold_what_the_row_starts_say_are_refused()
    {
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [], [], []));
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [-1, 0], [], []));
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [1, 0], [0], [1]));
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [0, 2], [0], [1, 2]));
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [0, 2], [0, 1], [1]));
        Should.Throw<ArgumentException>(() => new RatingMatrix(3, [0, 1], [0], [1], []));
        Should.Throw<ArgumentOutOfRangeException>(() => new RatingMatrix(-1, [0], [], []));
    }

    private static RatingMatrix Draw(ref EntityRandom random, int rows, int columns, out List<(int Row, int Column, float Value)> ratings)
    {
        ratings = [];
        long[] starts = new long[rows + 1];
        double density = random.NextDouble();
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                if (random.NextDouble() < density)
                {
                    ratings.Add((row, column, (float)random.NextGaussian()));
                }
            }

            starts[row + 1] = ratings.Count;
        }

        return new RatingMatrix(columns, starts, [.. ratings.Select(rating => rating.Column)], [.. ratings.Select(rating => rating.Value)]);
    }

    private static IEnumerable<(int Row, int Column, float Value)> Triples(RatingMatrix matrix)
    {
        for (int row = 0; row < matrix.RowCount; row++)
        {
            for (int t = 0; t < matrix.RowLength(row); t++)
            {
                yield return (row, matrix.RowColumns(row)[t], matrix.RowValues(row)[t]);
            }
        }
    }
}
