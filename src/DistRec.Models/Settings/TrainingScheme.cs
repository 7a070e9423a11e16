namespace DistRec.Models.Settings;

/// <summary>How the partitions of a job train together.</summary>
public enum TrainingScheme
{
    /// <summary>The two sides are solved in turn, each from the other's factors.</summary>
    Alternating,

    /// <summary>User partitions descend on item blocks that are lent to one of them at a time ([G11]).</summary>
    BlockSgd,

    /// <summary>Workers pull rows of the item or feature tables from parameter shards, descend, and push what they changed ([Li14]).</summary>
    ParameterServer,

    /// <summary>Every worker holds all parameters; sums over the workers' rows are added up and handed back to all.</summary>
    AllReduce,
}
