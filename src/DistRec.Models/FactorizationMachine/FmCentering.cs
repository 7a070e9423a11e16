namespace DistRec.Models.FactorizationMachine;

/// <summary>
/// The same machine with parameters told apart: within each group of which every training row has exactly one feature, of value 1, w and v
/// have the mean 0 over the features that training met. Predictions for rows that have a feature of each such group stay as they are; one that
/// lacks a group's feature, since its user or item is new, is answered as the group's mean would be.
/// </summary>
/// <remarks>
/// Only sums such as w₀ + w_u are told by data. With x of group g one indicator, v_j → v_j − v̄ for all j of g is made up for by w_l → w_l + ⟨v̄, v_l⟩ for all l beyond g, and
/// w_j → w_j − w̄ by w₀ → w₀ + w̄. Each feature counts once, however many rows have it: what is
/// new is like the many that few rows have, which are rated otherwise than the few that many rows have.
/// </remarks>
public static class FmCentering
{
    /// <summary>Centres a machine of order 2 in place.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="training">Its training rows.</param>
    public static void Center(FmMachine machine, FeatureRows training)
    {
        ArgumentNullException.ThrowIfNull(machine);
        ArgumentNullException.ThrowIfNull(training);
        FmParameters parameters = machine.Parameters;
        bool[] isUsed = new bool[parameters.Features];
        FeatureGroup[] groups = [.. IndicatorsOf(machine.Space, training, isUsed)];
        foreach (FeatureGroup group in groups)
        {
            CenterFactors(machine, group, isUsed);
        }

        float[] weights = parameters.Weights;
        foreach (FeatureGroup group in groups)
        {
            Shift(weights, group, UsedOf(group, isUsed).Average(feature => (double)weights[feature]));
        }
    }

    private static IEnumerable<int> UsedOf(FeatureGroup group, bool[] isUsed) =>
        Enumerable.Range(group.First, group.Count).Where(feature => isUsed[feature]);

    // Moves a number from the weights of a group to w₀.
    private static void Shift(float[] weights, FeatureGroup group, double by)
    {
        foreach (ref float weight in weights.AsSpan(group.First, group.Count))
        {
            weight -= (float)by;
        }

        weights[^1] += (float)by;
    }

    private static void CenterFactors(FmMachine machine, FeatureGroup group, bool[] isUsed)
    {
        FactorTable factors = machine.Parameters.Factors;
        double[] mean = new double[machine.Shape.Rank];
        int[] used = [.. UsedOf(group, isUsed)];
        foreach (int feature in used)
        {
            ReadOnlySpan<float> vector = factors.Row(feature);
            for (int factor = 0; factor < mean.Length; factor++)
            {
                mean[factor] += vector[factor] / (double)used.Length;
            }
        }

        for (int feature = 0; feature < machine.Parameters.Features; feature++)
        {
            bool isOwn = feature >= group.First && feature < group.First + group.Count;
            Span<float> vector = factors.Row(feature);
            double product = 0;
            for (int factor = 0; factor < mean.Length; factor++)
            {
                product += mean[factor] * vector[factor];
                vector[factor] -= isOwn ? (float)mean[factor] : 0;
            }

            machine.Parameters.Weights[feature] += isOwn ? 0 : (float)product;
        }
    }

    // The groups of which every training row has one feature of value 1, and which features some training row has.
    private static IEnumerable<FeatureGroup> IndicatorsOf(FeatureSpace space, FeatureRows training, bool[] isUsed)
    {
        int[] groupOf = space.GroupOfEach();
        long[] rows = new long[space.Groups.Count];
        bool[] isIndicator = [.. Enumerable.Repeat(true, rows.Length)];
        int[] seen = new int[rows.Length];
        int entity = 0;
        for (int block = 0; block < training.Blocks.Count; block++)
        {
            RatingMatrix table = training.Blocks[block].Rows;
            int[] counts = training.CountUses(block, 0, training.Count);
            for (int row = 0; row < counts.Length; row++)
            {
                entity++;
                ReadOnlySpan<int> columns = table.RowColumns(row);
                ReadOnlySpan<float> values = table.RowValues(row);
                for (int t = 0; t < columns.Length && counts[row] > 0; t++)
                {
                    int group = groupOf[columns[t]];
                    isUsed[columns[t]] = true;
                    rows[group] += counts[row];
                    isIndicator[group] &= values[t] == 1 && seen[group] != entity;
                    seen[group] = entity;
                }
            }
        }

        return space.Groups.Where((group, index) => group.Count > 0 && isIndicator[index] && rows[index] == training.Count);
    }
}
