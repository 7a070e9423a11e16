using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Jobs;

/// <summary>Both sides as training holds them, whole.</summary>
/// <param name="Users">The users' tables.</param>
/// <param name="Items">The items' tables.</param>
internal sealed record TrainedTables(FactorBlock Users, FactorBlock Items);
