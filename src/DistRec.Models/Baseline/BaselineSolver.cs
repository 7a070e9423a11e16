namespace DistRec.Models.Baseline;

/// <summary>
/// The baseline as a row solver: with one side fixed, a bias is a damped mean, b_u = Σ (t_ui − b_i) / (λ_u + n_u), and
/// likewise for items ([K08], section 2.1, alternated until it settles).
/// </summary>
public sealed class BaselineSolver(BaselineOptions options) : IRowSolver, IRowWorker
{
    public int Rank => 0;

    public void Initialize(FactorTable factors, int firstRow, Side side)
    {
        // No factors, and biases start at zero.
    }

    public IRowWorker CreateWorker() => this;

    public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(round);
        (RatingMatrix ratings, PartitionedFactors other, RatingUnits units) = (round.Ratings, round.Other, round.Units);
        double regularization = round.Side == Side.User ? options.UserRegularization : options.ItemRegularization;
        for (int row = from; row < to; row++)
        {
            ReadOnlySpan<int> columns = ratings.RowColumns(row);
            ReadOnlySpan<float> values = ratings.RowValues(row);
            double sum = 0, squares = 0;
            int partition = 0;
            for (int t = 0; t < columns.Length; t++)
            {
                while (columns[t] >= other.Starts[partition + 1])
                {
                    partition++;
                }

                double rest = (double)units.TargetOf(values[t]) - other.Biases[partition][columns[t] - other.Starts[partition]];
                sum += rest;
                squares += rest * rest;
            }

            // Rounded before the loss is taken, which is then that of the model as it is kept.
            double bias = columns.Length == 0 ? 0 : (float)(sum / (regularization + columns.Length));
            if (!double.IsFinite(bias))
            {
                throw new NumericalException($"row {row}: its bias is not finite; check that its ratings are numbers of a usual size");
            }

            biases[row] = (float)bias;
            losses[row] = new RowLoss(
                Math.Max(0, squares - 2 * bias * sum + columns.Length * bias * bias), regularization * bias * bias);
        }

        return 0;
    }
}
