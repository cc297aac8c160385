import sys, warnings; warnings.filterwarnings("ignore")
from tests.zoo import torchvision_nets as tv, timm_nets as ti
from tests.zoo.check import check
which=sys.argv[1]
es={"tv":lambda:[*tv.classifiers(),*tv.around_a_backbone(),*tv.forms()],"timm":lambda:[*ti.all_of_them()]}[which]()
part=sys.argv[2:] 
import torch
for e in es:
    if part and not any(p in e.name for p in part): continue
    try:
        r=check(e)
        print(("OK  " if not r.faults else "BAD ")+e.id, f"{r.ms:.0f} ms", r.macs, r.faults or "", (r.trace.warnings[:2] if r.trace else ""), flush=True)
    except Exception as x: print("CRASH", e.id, type(x).__name__, str(x)[:150], flush=True)
