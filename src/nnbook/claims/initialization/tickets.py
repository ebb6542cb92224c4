"""The claim on the lottery ticket: C46."""

from nnbook.claims.model import Claim, Measure, Verdict
from nnbook.experiments.initialization.tickets import KEPT, STARTS, TICKETS

CHAPTER = "book/setup/initialization"

C46 = Claim(
    id="C46",
    title="The lottery ticket",
    sentence="What is left of a trained net after pruning trains better from its own initial weights than from new ones.",
    sources=(("cs231n2020", "Lecture 7, slide 75"), ("frankle2019", "")),
    chapter=CHAPTER,
    evidence="On MNIST and CIFAR-10, nets pruned to 10 to 20% of their size and rewound matched the full net; the same nets "
    "reinitialized learned more slowly and reached lower accuracy {cite:p}`frankle2019`.",
    method="A net 64-200-100-10 learns 1200 digits for 10 epochs. The smallest weights of each layer are removed, at once. What "
    "is left, 20, 10 or 5%, is trained again: from its values before the first training (rewound), from new draws "
    "(reinitialized), and with as many weights in random places (random).",
    measures=(
        *(
            Measure(
                f"rewind_minus_reinit_{kept}",
                f"Test accuracy, rewound minus reinitialized, {kept}% left",
                TICKETS,
                "points",
                low=0,
            )
            for kept in KEPT[:2]
        ),
        Measure(
            "rewind_minus_reinit_5",
            "Test accuracy, rewound minus reinitialized, 5% left",
            TICKETS,
            "points",
        ),
        *(
            Measure(
                f"rewind_minus_random_{kept}",
                f"Test accuracy, rewound minus random places, {kept}% left",
                TICKETS,
                "points",
            )
            for kept in KEPT
        ),
        Measure("dense", "Test accuracy before pruning", TICKETS, "%"),
        *(
            Measure(f"{start}_{kept}", f"Test accuracy, {start}, {kept}% left", TICKETS, "%")
            for kept in KEPT
            for start in STARTS
        ),
    ),
    failure=Verdict.NOT_HERE,
)

CLAIMS = (C46,)
