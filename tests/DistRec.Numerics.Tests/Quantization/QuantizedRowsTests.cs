using DistRec.Numerics.Quantization;
using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Quantization;

public sealed unsafe class QuantizedRowsTests
{
    private const int Count = 300;

    /// <summary>Shapes of values, from plain ones to such as a bound may get wrong.</summary>
    public static TheoryData<string, int> Cases
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string shape in (string[])["gaussian", "scales", "spikes", "zeros", "denormal", "halves", "aligned", "offsets"])
            {
                foreach (int rank in (int[])[0, 1, 2, 3, 4, 5, 16, 33, 64, 130])
                {
                    cases.Add(shape, rank);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void No_estimate_is_further_from_the_sum_than_its_bound(string shape, int rank)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            (FactorTable table, float[] offsets) = Draw(shape, rank, seed);
            QuantizedRows rows = new(table, offsets, [.. Enumerable.Range(0, Count)], queryNorm: 1);
            QuantizedQuery query = new(rank);
            for (int other = 0; other < 20; other++)
            {
                Span<float> vector = table.Row(other * 7);
                query.Encode(vector);
                foreach ((int row, BlockBounds bounds, float estimate) in Estimates(rows, query))
                {
                    double bound = query.ErrorIn(bounds);
                    (double sum, double magnitude) = Sum(table.Row(row), vector, offsets[row]);
                    double.IsFinite(bound).ShouldBeTrue();
                    Math.Abs(estimate - sum).ShouldBeLessThanOrEqualTo(bound + (1e-13 * magnitude), $"row {row} of seed {seed}");
                }
            }
        }
    }

    [Fact]
    public void The_bound_is_reached_where_roundings_all_point_one_way()
    {
        // A row of equal values is coded exactly. The first two values of the query set its scale, and all others lie just below
        // the middle of two codes.
        const int Rank = 64;
        FactorTable table = new(1, Rank);
        table.Row(0).Fill(0.75f);
        float[] vector = [127, 0, .. Enumerable.Repeat(20.499f, Rank - 2)];
        QuantizedRows rows = new(table, [0], [0], queryNorm: 1);
        QuantizedQuery query = new(Rank);
        query.Encode(vector);
        (int row, BlockBounds bounds, float estimate) = Estimates(rows, query).ShouldHaveSingleItem();

        double error = Math.Abs(estimate - Sum(table.Row(row), vector, 0).Sum);
        (error / query.ErrorIn(bounds)).ShouldBeInRange(0.95, 1);
    }

    [Fact]
    public void The_bound_is_a_small_part_of_what_gaussian_sums_differ_by()
    {
        (FactorTable table, float[] offsets) = Draw("gaussian", 64, 1);
        QuantizedRows rows = new(table, new float[offsets.Length], [.. Enumerable.Range(0, Count)], queryNorm: 8);
        QuantizedQuery query = new(64);
        query.Encode(table.Row(0));

        // The sums' standard deviation is ‖y‖, about 8.
        Enumerable.Range(0, rows.BlockCount).Max(block => query.ErrorIn(rows.BoundsOf(block))).ShouldBeLessThan(0.2 * query.Norm);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(Count)]
    public void Every_row_has_one_place_and_places_without_a_row_can_never_be_found(int included)
    {
        (FactorTable table, float[] offsets) = Draw("gaussian", 6, 2);
        QuantizedRows rows = new(table, offsets, [.. Enumerable.Range(0, included)], queryNorm: 1);
        QuantizedQuery query = new(6);
        query.Encode(table.Row(1));
        FactorTable estimates = new(1, QuantizedRows.BlockRows);

        rows.Count.ShouldBe(included);
        Estimates(rows, query).Select(found => found.Row).Order().ShouldBe(Enumerable.Range(0, included));
        rows.Estimate(rows.BlockCount - 1, query, float.MinValue, estimates.Pointer).ShouldBeTrue();
        int last = included - ((rows.BlockCount - 1) * QuantizedRows.BlockRows);
        estimates.Values[last..].ToArray().ShouldAllBe(estimate => float.IsNegativeInfinity(estimate));
    }

    [Fact]
    public void Rows_that_may_matter_most_come_first()
    {
        FactorTable table = Draws.TableOf([[1, 0], [3, 4], [0, 2], [0, 0]], 2);
        QuantizedRows rows = new(table, [0, 0, 0, 7], [0, 1, 2, 3], queryNorm: 2);
        Enumerable.Range(0, 4).Select(position => rows.RowAt(0, position)).ShouldBe([1, 3, 2, 0]);
    }

    [Theory]
    [InlineData(1e16f, 1, 0)]
    [InlineData(1, 1e16f, 0)]
    [InlineData(1, 1, 1e16f)]
    [InlineData(0, float.MaxValue, 0)]
    [InlineData(float.MaxValue, 0, 0)]
    public void Nothing_is_claimed_where_float32_might_overflow(float row, float query, float offset)
    {
        FactorTable table = Draws.TableOf([[row, row]], 2);
        QuantizedRows rows = new(table, [offset], [0], queryNorm: 1);
        QuantizedQuery coded = new(2);
        coded.Encode([query, -query]);
        double.IsFinite(coded.ErrorIn(rows.BoundsOf(0))).ShouldBeFalse();
    }

    [Fact]
    public void An_offset_is_needed_for_every_row() =>
        Should.Throw<ArgumentException>(() => new QuantizedRows(new FactorTable(3, 2), [1, 2], [0], 1))
            .Message.ShouldContain("each of 3 rows, found 2");

    private static List<(int Row, BlockBounds Bounds, float Estimate)> Estimates(QuantizedRows rows, QuantizedQuery query)
    {
        List<(int, BlockBounds, float)> found = [];
        FactorTable estimates = new(1, QuantizedRows.BlockRows);
        for (int block = 0; block < rows.BlockCount; block++)
        {
            rows.Estimate(block, query, 0, estimates.Pointer);
            int count = Math.Min(QuantizedRows.BlockRows, rows.Count - (block * QuantizedRows.BlockRows));
            for (int position = 0; position < count; position++)
            {
                found.Add((rows.RowAt(block, position), rows.BoundsOf(block), estimates.Values[position]));
            }
        }

        return found;
    }

    // Products of float32 values are exact in float64; what the sum loses is far below the bound of the estimates.
    private static (double Sum, double Magnitude) Sum(ReadOnlySpan<float> row, ReadOnlySpan<float> vector, float offset)
    {
        double sum = offset, magnitude = Math.Abs((double)offset);
        for (int j = 0; j < row.Length; j++)
        {
            sum += (double)row[j] * vector[j];
            magnitude += Math.Abs((double)row[j] * vector[j]);
        }

        return (sum, magnitude);
    }

    private static (FactorTable Rows, float[] Offsets) Draw(string shape, int rank, int seed)
    {
        FactorTable table = new(Count, rank);
        float[] offsets = Draws.Gaussians(Count, seed);
        for (int row = 0; row < Count; row++)
        {
            EntityRandom random = new(5, RandomPurpose.SyntheticItem, row, seed);
            Span<float> values = table.Row(row);
            float size = shape switch
            {
                "scales" => MathF.ScaleB(1, random.NextInt(80) - 40),
                "denormal" => MathF.ScaleB(1, -149 + random.NextInt(30)),
                _ => 1,
            };
            for (int j = 0; j < rank; j++)
            {
                double draw = random.NextGaussian();
                values[j] = size * shape switch
                {
                    "spikes" => (float)(j == row % rank ? 1000 * draw : 0.01 * draw),
                    "zeros" => row % 3 == 0 || j % 2 == 0 ? 0 : (float)draw,
                    "halves" => MathF.Round((float)(draw * 40)) + 0.5f,
                    "aligned" => 1 + ((float)(0.01 * random.NextDouble())),
                    _ => (float)draw,
                };
            }

            offsets[row] *= shape is "offsets" ? MathF.ScaleB(1, random.NextInt(90) - 45) : shape is "denormal" ? 0 : 1;
        }

        return (table, offsets);
    }
}
