namespace DistRec.Models.Tests;

public sealed class InitialFactorsTests
{
    [Fact]
    public void A_row_starts_the_same_in_whatever_partition_it_lies()
    {
        FactorTable whole = Draw(50, 7, 0, RandomPurpose.UserFactors);
        FactorTable part = Draw(20, 7, 30, RandomPurpose.UserFactors);

        part.Values.SequenceEqual(whole.Values[(30 * whole.Stride)..]).ShouldBeTrue();
    }

    [Fact]
    public void Draws_have_the_asked_deviation_over_the_root_of_the_rank_and_leave_the_padding_zero()
    {
        FactorTable table = Draw(5000, 20, 0, RandomPurpose.ItemFactors);
        double squares = 0;
        for (int row = 0; row < table.Rows; row++)
        {
            squares += table.Row(row).ToArray().Sum(value => (double)value * value);
            table.Values.Slice((row * table.Stride) + 20, 12).ContainsAnyExcept(0f).ShouldBeFalse();
        }

        // 5 standard errors of a variance from 100,000 draws
        (squares / 100_000).ShouldBe(0.3 * 0.3 / 20, 5 * 0.3 * 0.3 / 20 * Math.Sqrt(2.0 / 100_000));
    }

    [Fact]
    public void Users_and_items_do_not_share_draws() =>
        Draw(3, 4, 0, RandomPurpose.UserFactors).Values.SequenceEqual(Draw(3, 4, 0, RandomPurpose.ItemFactors).Values).ShouldBeFalse();

    [Fact]
    public void A_table_without_factors_has_nothing_to_draw() => Draw(3, 0, 0, RandomPurpose.UserFactors).Length.ShouldBe(0);

    private static FactorTable Draw(int rows, int rank, int firstRow, RandomPurpose purpose)
    {
        FactorTable table = new(rows, rank);
        InitialFactors.Draw(table, firstRow, 0.3f, 42, purpose);
        return table;
    }
}
