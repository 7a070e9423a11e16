namespace DistRec.Models.Baseline;

/// <summary>
/// Biases of all users and items, each a damped mean given the others: b_u = Σ (t_ui − b_i) / (λ_u + n_u), and likewise for items ([KBV09], equation 3), taken
/// in turns. Sums run in the order of the users, so the bits are the same for whoever has all ratings.
/// </summary>
/// <param name="Users">b_u, [users].</param>
/// <param name="Items">b_i, [items].</param>
public sealed record DampedBiases(float[] Users, float[] Items)
{
    private const int Rounds = 5;

    /// <summary>Fits biases.</summary>
    /// <param name="ratings">[users, items].</param>
    /// <param name="units">What ratings are to the biases.</param>
    /// <param name="options">Damping.</param>
    public static DampedBiases Fit(RatingMatrix ratings, RatingUnits units, BaselineOptions options)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(options);
        float[] users = new float[ratings.RowCount], items = new float[ratings.ColumnCount];
        double[] sums = new double[items.Length];
        int[] counts = InteractionCounts.Of(ratings).Items;
        for (int round = 0; round < Rounds; round++)
        {
            Array.Clear(sums);
            for (int user = 0; user < users.Length; user++)
            {
                ReadOnlySpan<int> columns = ratings.RowColumns(user);
                ReadOnlySpan<float> values = ratings.RowValues(user);
                users[user] = OfRow(columns, values, items, units, options.UserRegularization);
                for (int t = 0; t < columns.Length; t++)
                {
                    sums[columns[t]] += (double)units.TargetOf(values[t]) - users[user];
                }
            }

            for (int item = 0; item < items.Length; item++)
            {
                items[item] = counts[item] == 0 ? 0 : (float)(sums[item] / (options.ItemRegularization + counts[item]));
            }
        }

        return new DampedBiases(users, items);
    }

    /// <summary>The bias of one user, given those of the items; 0 where there are no ratings.</summary>
    public static float OfRow(ReadOnlySpan<int> columns, ReadOnlySpan<float> values, ReadOnlySpan<float> items, RatingUnits units, double damping)
    {
        double sum = 0;
        for (int t = 0; t < columns.Length; t++)
        {
            sum += (double)units.TargetOf(values[t]) - items[columns[t]];
        }

        return columns.Length == 0 ? 0 : (float)(sum / (damping + columns.Length));
    }
}
