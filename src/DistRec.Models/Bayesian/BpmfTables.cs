using DistRec.Numerics.Vectors;

namespace DistRec.Models.Bayesian;

/// <summary>
/// What a row of BPMF's tables carries while it is trained, each part in whole vectors: the newest draw of the factors, the running mean of their
/// posterior's means, the newest draw of the bias, its running mean and variance, and the running variances of factors. So memory stays that of three
/// models however many epochs are averaged. Means and variances are in the basis of <see cref="DrawBasis"/>.
/// </summary>
/// <remarks>A variance is the mean square of draws around the means of the posteriors that they are from, with the other side as it was then.</remarks>
public static class BpmfTables
{
    /// <summary>Columns of a table for k factors.</summary>
    public static int WidthOf(int rank) => (3 * FactorTable.StrideOf(rank)) + FactorTable.Lanes;

    /// <summary>The columns that sums over a side are of: draws, averages, and the draw of the bias.</summary>
    public static int MomentRankOf(int rank) => DrawnBiasOf(rank) + 1;

    /// <summary>The running means: what predictions are made of.</summary>
    public static TableSection MeansOf(int rank) => new(FactorTable.StrideOf(rank), rank);

    /// <summary>The column of the bias's newest draw.</summary>
    public static int DrawnBiasOf(int rank) => 2 * FactorTable.StrideOf(rank);

    /// <summary>The column of the bias's running mean.</summary>
    public static int MeanBiasOf(int rank) => DrawnBiasOf(rank) + 1;

    /// <summary>
    /// The column of the running variance of b_u + p_u·q̄, with q̄ the mean of the other side: of how much higher a row's ratings are.
    /// </summary>
    public static int BiasVarianceOf(int rank) => DrawnBiasOf(rank) + 2;

    /// <summary>The running variances of factors.</summary>
    public static TableSection VariancesOf(int rank) => new(DrawnBiasOf(rank) + FactorTable.Lanes, rank);

    /// <summary>The columns whose rows have the prior of a side: the draw of the factors, and of the bias.</summary>
    public static int[] DrawsOf(int rank) => [.. Enumerable.Range(0, rank), DrawnBiasOf(rank)];

    /// <summary>
    /// The model of trained tables: means, and the variances around them. A row of zeros is one of which nothing is known, at the mean of its side:
    /// with p̄ and q̄ the means of all rows, p·q is (p − p̄)·(q − q̄) and what biases and μ take up.
    /// </summary>
    /// <param name="trained">Whose tables are as wide as <see cref="WidthOf"/> says.</param>
    /// <param name="options">The model's settings.</param>
    public static FactorModel ToModel(FactorModel trained, BpmfOptions options)
    {
        ArgumentNullException.ThrowIfNull(trained);
        ArgumentNullException.ThrowIfNull(options);
        int rank = options.Rank;
        SampledSide users = new(trained.UserFactors!, rank), items = new(trained.ItemFactors!, rank);
        users.TakeUp(items.Center);
        items.TakeUp(users.Center);
        double shift = users.CenterBias() + items.CenterBias() - Dot.Compute(users.Center, items.Center);
        return new FactorModel(
            trained.Kind, (float)(trained.GlobalMean + (trained.Unit * shift)), trained.Scale, users.Biases, items.Biases, users.Factors, items.Factors)
        {
            Unit = trained.Unit,
            Spread = new FactorSpread(users.Variances, items.Variances, 1 / options.Precision),
        };
    }

    /// <summary>One side of the model.</summary>
    private sealed class SampledSide
    {
        public SampledSide(FactorTable table, int rank)
        {
            TableSection means = MeansOf(rank);
            double[] sums = new double[rank];
            Factors = new FactorTable(table.Rows, rank);
            Variances = new FactorTable(table.Rows, rank + 1);
            Biases = new float[table.Rows];
            for (int row = 0; row < table.Rows; row++)
            {
                ReadOnlySpan<float> values = table.Row(row);
                Span<float> factors = Factors.Row(row), variances = Variances.Row(row);
                values.Slice(means.First, rank).CopyTo(factors);
                values.Slice(VariancesOf(rank).First, rank).CopyTo(variances);
                variances[rank] = values[BiasVarianceOf(rank)];
                for (int j = 0; j < rank; j++)
                {
                    sums[j] += factors[j];
                }

                Biases[row] = values[MeanBiasOf(rank)];
            }

            Center = [.. sums.Select(sum => (float)(sum / Math.Max(1, table.Rows)))];
        }

        public FactorTable Factors { get; }

        /// <summary>Of the factors, and last of the bias, [rows, rank + 1].</summary>
        public FactorTable Variances { get; }

        public float[] Biases { get; }

        /// <summary>The mean row, [rank].</summary>
        public float[] Center { get; }

        /// <summary>Factors become those around their mean, and what they made of the other side's mean goes into biases.</summary>
        public void TakeUp(ReadOnlySpan<float> other)
        {
            for (int row = 0; row < Factors.Rows; row++)
            {
                Span<float> factors = Factors.Row(row);
                Biases[row] += Dot.Compute(factors, other);
                for (int j = 0; j < factors.Length; j++)
                {
                    factors[j] -= Center[j];
                }
            }
        }

        /// <summary>Biases become those around their mean, which is returned.</summary>
        public double CenterBias()
        {
            double mean = Biases.Sum(bias => (double)bias) / Math.Max(1, Biases.Length);
            foreach (ref float bias in Biases.AsSpan())
            {
                bias = (float)(bias - mean);
            }

            return mean;
        }
    }
}
