namespace DistRec.Models.Bayesian;

/// <summary>
/// What a row of BPMF's tables carries while it is trained, each part in whole vectors: the newest draw, the running mean of the posterior's
/// means, and the running mean of squared draws. So memory stays that of three models however many epochs are averaged.
/// </summary>
public static class BpmfTables
{
    /// <summary>Columns of a table for k factors.</summary>
    public static int WidthOf(int rank) => 3 * FactorTable.StrideOf(rank);

    /// <summary>The running means: what predictions are made of.</summary>
    public static TableSection MeansOf(int rank) => new(FactorTable.StrideOf(rank), rank);

    /// <summary>The running means of squared draws.</summary>
    public static TableSection SquaresOf(int rank) => new(2 * FactorTable.StrideOf(rank), rank);

    /// <summary>The model of trained tables: means, and the variances around them.</summary>
    /// <param name="trained">Whose tables are as wide as <see cref="WidthOf"/> says.</param>
    /// <param name="options">The model's settings.</param>
    public static FactorModel ToModel(FactorModel trained, BpmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(options);
        return new FactorModel(
            trained.Kind, trained.GlobalMean, trained.Scale, trained.UserBiases, trained.ItemBiases,
            Means(trained.UserFactors!, options.Rank), Means(trained.ItemFactors!, options.Rank))
        {
            Unit = trained.Unit,
            Spread = new FactorSpread(Variances(trained.UserFactors!, options.Rank), Variances(trained.ItemFactors!, options.Rank), 1 / options.Precision),
        };
    }

    private static FactorTable Means(FactorTable table, int rank)
    {
        TableSection means = MeansOf(rank);
        FactorTable result = new(table.Rows, rank);
        for (int row = 0; row < table.Rows; row++)
        {
            table.Row(row).Slice(means.First, rank).CopyTo(result.Row(row));
        }

        return result;
    }

    // E[p²] − E[p]²; a mean of few draws may come out below.
    private static FactorTable Variances(FactorTable table, int rank)
    {
        TableSection means = MeansOf(rank);
        TableSection squares = SquaresOf(rank);
        FactorTable result = new(table.Rows, rank);
        for (int row = 0; row < table.Rows; row++)
        {
            ReadOnlySpan<float> values = table.Row(row);
            Span<float> variances = result.Row(row);
            for (int j = 0; j < rank; j++)
            {
                float mean = values[means.First + j];
                variances[j] = Math.Max(0, values[squares.First + j] - mean * mean);
            }
        }

        return result;
    }
}
