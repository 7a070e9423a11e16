namespace DistRec.Models.Popularity;

/// <summary>Counts: b_i = n_i, and nothing of users.</summary>
internal sealed class TopPopularSolver : IRowSolver, IRowWorker
{
    public int Rank => 0;

    public void Initialize(FactorTable factors, int firstRow, Side side)
    {
        // No factors.
    }

    public IRowWorker CreateWorker() => this;

    public int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses)
    {
        ArgumentNullException.ThrowIfNull(round);
        for (int row = from; row < to; row++)
        {
            biases[row] = round.Side == Side.Item ? round.Ratings.RowLength(row) : 0;
            losses[row] = default;
        }

        return 0;
    }
}
