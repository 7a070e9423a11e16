using DistRec.Models.Bayesian;

namespace DistRec.Models.Tests.Bayesian;

public sealed class DrawBasisTests
{
    [Theory]
    [InlineData(200, 5)]
    [InlineData(30, 17)]
    [InlineData(3, 8)]
    [InlineData(0, 2)]
    public void Products_are_the_same_in_it(int users, int rank)
    {
        DrawBasis basis = new(Tables(users, rank, 1).MomentsOf(BpmfTables.MomentRankOf(rank)), rank);
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                double product = Enumerable.Range(0, rank).Sum(m => (double)basis.Users.Row(i)[m] * basis.Items.Row(j)[m]);
                product.ShouldBe(i == j ? 1 : 0, 1e-4);
            }
        }
    }

    [Fact]
    public void Draws_that_are_averages_in_another_basis_are_turned_back_to_them()
    {
        // Averages of unit second moments, and the same users as a shear and a scaling show them.
        const int Users = 300, Rank = 3;
        FactorSide plain = Tables(Users, Rank, 1);
        DrawBasis unit = new(plain.MomentsOf(BpmfTables.MomentRankOf(Rank)), Rank);
        FactorSide sheared = FactorSide.Zeros(Users, BpmfTables.WidthOf(Rank));
        float[] turned = new float[FactorTable.StrideOf(Rank)];
        for (int user = 0; user < Users; user++)
        {
            DrawBasis.Turn(unit.Users, plain.Factors.Row(user)[..Rank], turned);
            Span<float> row = sheared.Factors.Row(user);
            turned.AsSpan(0, Rank).CopyTo(row[BpmfTables.MeansOf(Rank).First..]);
            (row[0], row[1], row[2]) = (3 * turned[1], turned[0] + (0.5f * turned[2]), -0.2f * turned[2]);
        }

        DrawBasis basis = new(sheared.MomentsOf(BpmfTables.MomentRankOf(Rank)), Rank);
        double apart = 0;
        for (int user = 0; user < Users; user++)
        {
            DrawBasis.Turn(basis.Users, sheared.Factors.Row(user)[..Rank], turned);
            ReadOnlySpan<float> average = sheared.Factors.Row(user).Slice(BpmfTables.MeansOf(Rank).First, Rank);
            for (int j = 0; j < Rank; j++)
            {
                apart = Math.Max(apart, Math.Abs(turned[j] - average[j]));
            }
        }

        // Whitening leaves a rotation of what a shear has bent, the nearest one: not the very same.
        apart.ShouldBeLessThan(1);
        double[] overlap = [.. Enumerable.Range(0, Rank).Select(j => Enumerable.Range(0, Users).Sum(user =>
        {
            DrawBasis.Turn(basis.Users, sheared.Factors.Row(user)[..Rank], turned);
            return (double)turned[j] * sheared.Factors.Row(user)[BpmfTables.MeansOf(Rank).First + j];
        }) / Users)];
        overlap.ShouldAllBe(value => value > 0.9);
    }

    [Fact]
    public void It_is_finite_where_averages_are_none_yet()
    {
        FactorSide side = Tables(40, 6, 1);
        for (int user = 0; user < 40; user++)
        {
            side.Factors.Row(user)[6..].Clear();
        }

        DrawBasis basis = new(side.MomentsOf(BpmfTables.MomentRankOf(6)), 6);
        FiniteCheck.IndexOfNonFinite(basis.Users.Values).ShouldBe(-1);
        FiniteCheck.IndexOfNonFinite(basis.Items.Values).ShouldBe(-1);
    }

    private static FactorSide Tables(int rows, int rank, ulong seed) => FactorSide.Random(rows, BpmfTables.WidthOf(rank), seed: seed);
}
