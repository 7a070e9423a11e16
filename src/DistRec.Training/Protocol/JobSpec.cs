namespace DistRec.Training.Protocol;

/// <content>What follows from the model's kind.</content>
public sealed partial class JobSpec
{
    /// <summary>Whether the model is trained by descent on lent item blocks; otherwise its two sides are solved in turn.</summary>
    public bool Descends => ModelCase == ModelOneofCase.Mf;
}
