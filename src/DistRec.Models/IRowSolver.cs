namespace DistRec.Models;

/// <summary>
/// A model trained by alternation: with one side fixed, every row of the other has a solution of its own. This is all the
/// rounds of distributed ALS need to know of a model.
/// </summary>
public interface IRowSolver
{
    /// <summary>Columns of the tables: the number of factors, k, and what else a row carries; 0 for biases alone.</summary>
    int Rank { get; }

    /// <summary>The columns that sums over a side are of, from the first on.</summary>
    int MomentRank => Rank;

    /// <summary>The columns that make a prediction.</summary>
    TableSection Score => new(0, Rank);

    /// <summary>What a round needs beside the rows of the other side.</summary>
    RoundNeeds Needs => RoundNeeds.None;

    /// <summary>Draws the initial factors of a partition, keyed by the global row.</summary>
    void Initialize(FactorTable factors, int firstRow, Side side);

    /// <summary>Makes what all rows of a round share, from what <see cref="Needs"/> asked for; null for nothing.</summary>
    /// <exception cref="NumericalException">The numbers that came are none to go on with.</exception>
    object? Prepare(RowRound round) => null;

    /// <summary>Makes what one thread needs to solve rows.</summary>
    IRowWorker CreateWorker();
}

/// <summary>Solves rows on one thread, with scratch of its own and no allocation.</summary>
public interface IRowWorker
{
    /// <summary>Solves rows [<paramref name="from"/>, <paramref name="to"/>) of one side, given the other.</summary>
    /// <param name="round">What is solved from what.</param>
    /// <param name="from">First local row.</param>
    /// <param name="to">One past the last local row.</param>
    /// <param name="factors">Receives the factors, [rows of the partition, rank].</param>
    /// <param name="biases">Receives the biases, [rows of the partition].</param>
    /// <param name="losses">Receives each row's part of the loss, [rows of the partition].</param>
    /// <returns>How many rows needed more than the asked regularization because their equation was singular.</returns>
    int SolveRows(RowRound round, int from, int to, FactorTable factors, Span<float> biases, Span<RowLoss> losses);
}
